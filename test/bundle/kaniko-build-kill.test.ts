import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  lacksTools,
  startRegistry,
  type TestRegistry,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  after,
  atFolder,
  atLine,
  expectNothingLeft,
  type Moment,
} from '../real/build/kill-moments.ts'
import { startStandIn } from './build/stand-in.ts'

const lacksRoot = process.getuid?.() !== 0
const secret = 'canary-build-secret-5W'

describe.skipIf(lacksTools('kaniko-stand-in', 'registry') || lacksRoot)(
  'a build in a sandbox with a stand-in for kaniko, killed',
  () => {
    let registry: TestRegistry
    let wholeMs: number

    beforeAll(async () => {
      registry = await startRegistry()
      const startedAt = Date.now()
      expect((await start('RUN true').result).exitCode).toBe(0)
      wholeMs = Date.now() - startedAt
    })

    afterAll(() => registry.stop())

    function start(run: string, env = {}) {
      const dockerfile = `FROM scratch\nCOPY data.txt /srv/data.txt\n${run}\n`
      const inputs = {
        'secret-envs': 'token=BUILD_TOKEN',
        destination: `${registry.host}/dev/killed:1\n${registry.host}/dev/killed:2`,
      }
      return startStandIn(registry, dockerfile, { env: { BUILD_TOKEN: secret, ...env } }, inputs)
    }

    const kill = (moment: Moment, run: string, env = {}) =>
      expectNothingLeft(start(run, env), moment, { secret, password: registry.password })

    test.each<readonly [string, Moment]>([
      ['when it has just begun', after(40)],
      ['when its sandbox is made', atFolder(/^tierseal-sandbox-/)],
      ['when the engine is known', atLine(/^engine: /m)],
      ['while a RUN sleeps', atLine('RUN sleeps')],
    ])('%s leaves nothing behind', async (_when, moment) => {
      expect((await kill(moment, 'RUN sleep 302')).signal).toBe('SIGKILL')
    })

    test('while a RUN sleeps, where there are no namespaces, leaves nothing behind', async () => {
      const directory = temporaryDirectory('path')
      writeFileSync(join(directory, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
      const env = { PATH: `${directory}:${process.env['PATH']}` }
      const { log } = await kill(atLine('RUN sleeps'), 'RUN sleep 303', env)
      expect(log).toContain('sandbox: no namespaces of its own here (death-signal)')
    })

    test('while it pushes leaves nothing behind', async () => {
      await kill(atLine('Pushing image to'), 'RUN true')
    })

    test.each([0.3, 0.5, 0.7, 0.85, 0.95])(
      'after %d of its time leaves nothing behind',
      async (part) => {
        await kill(after(part * wholeMs), 'RUN true')
      },
    )
  },
)
