import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tool } from '@tierseal/action-kit'
import {
  answer,
  lacksNamespaces,
  lacksTools,
  startFaultServer,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { PinDeadline } from '../pin-deadline.ts'
import { Kustomize } from './kustomize.ts'

// What the snapshot would have refused: the last wall behind it.
test.skipIf(lacksTools('kustomize') || lacksNamespaces())(
  'kustomize reaches nothing on this machine either',
  async () => {
    await using server = await startFaultServer({ script: () => answer(200, 'a: 1') })
    const home = temporaryDirectory('home')
    mkdirSync(join(home, 'dev'))
    writeFileSync(join(home, 'dev', 'kustomization.yaml'), `resources: ["${server.url}/x"]\n`)
    const tool = await Tool.find({ name: 'kustomize', path: toolPath('kustomize') })
    const kustomize = await Kustomize.open({ tool, deadline: new PinDeadline(60_000), home })
    await expect(kustomize.build(home, 'dev')).rejects.toMatchObject({
      message: expect.stringContaining('network is unreachable'),
    })
    expect(server.connections()).toBe(0)
  },
)
