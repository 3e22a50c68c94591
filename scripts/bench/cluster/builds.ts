import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runAction } from '@tierseal/test-kit'
import { baseImage, hostOf, labPath, program, siteAccount, siteCa } from '@tierseal/test-kit/lab'
import { buildNamespace, useBuildNamespace } from '../../../test/cluster/support/build-pods.ts'
import { podProfile, pushBuilderImage } from '../../../test/cluster/support/builder-image.ts'
import type { Measurement } from '../row.ts'

const count = 10
const alone = 3

/** Ten builds through the kubernetes executor at once, against some of the same, one after another. */
export async function measureBuilds(): Promise<readonly Measurement[]> {
  const kubeconfig = await useBuildNamespace()
  const image = await pushBuilderImage()
  const context = writeContext()
  const build = async (name: string): Promise<void> => {
    const result = await runAction('kaniko-build', {
      inputs: {
        ...{ executor: 'kubernetes', context, kubeconfig },
        destination: `${hostOf('registry')}/dev/bench:${name}`,
        'kubernetes-image': image,
        'kubernetes-namespace': buildNamespace,
        'kubernetes-docker-config': 'push',
        'kubernetes-ca': 'site-ca',
        'kubernetes-security-context': JSON.stringify(podProfile),
        'kubectl-path': program('kubectl'),
        'registry-ca': siteCa,
        'registry-username': siteAccount.pusher,
        'registry-password': siteAccount.pusherPassword(),
      },
    })
    if (result.exitCode !== 0) throw new Error(`a build failed: ${result.log.slice(-2000)}`)
  }
  await build('warm-up')
  const names = Array.from({ length: count }, (_, index) => String(index))
  const inTurn = await seconds(async () => {
    for (const name of names.slice(0, alone)) await build(`alone-${name}`)
  })
  const together = await seconds(() => Promise.all(names.map((name) => build(`together-${name}`))))
  return [
    { name: 'one build through executor kubernetes, alone', value: inTurn / alone, unit: 's' },
    {
      name: `${count} builds through executor kubernetes, throughput side by side over one after another`,
      value: ((inTurn / alone) * count) / together,
      unit: 'x',
      target: { relation: '>=', value: 1 },
    },
  ]
}

function writeContext(): string {
  const context = labPath('site', 'bench-context')
  mkdirSync(context, { recursive: true })
  writeFileSync(join(context, 'note.txt'), 'a small image')
  const steps = ['USER 0', 'COPY note.txt /note.txt', 'RUN sha256sum /note.txt > /note.sum']
  writeFileSync(join(context, 'Dockerfile'), [`FROM ${baseImage}`, ...steps, ''].join('\n'))
  return context
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}
