import { applyArgocd } from '../../../test/cluster/support/argocd.ts'
import { startRunner, stopRunner } from '../../../test/cluster/support/runner.ts'
import { makeServiceRepositories } from '../../../test/cluster/support/service.ts'
import { useSite } from '../../../test/cluster/support/site.ts'
import { startNode } from '../cold-start.ts'
import { median } from '../cpu-time.ts'
import type { Measurement } from '../row.ts'
import { recordOwnTime } from './own-time.ts'
import { pushToPod, type Way } from './push-to-pod.ts'

const rounds = 3

/** From the push of a small image's source to its running pod: how long, who takes how much of it. */
export async function measureChain(): Promise<readonly Measurement[]> {
  const site = await useSite()
  await makeServiceRepositories(site.state)
  await applyArgocd()
  await startRunner(site.state, 'dev', { env: recordOwnTime() })
  try {
    await pushToPod(site, 'warm-up')
    const ways: Way[] = []
    for (let round = 0; round < rounds; round++) ways.push(await pushToPod(site, `round ${round}`))
    return measurementsOf(middleOf(ways), await bareNodeMs())
  } finally {
    await stopRunner(site.state, 'dev')
  }
}

function middleOf(ways: readonly Way[]): Way {
  const sorted = [...ways].sort((a, b) => a.totalMs - b.totalMs)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}

async function bareNodeMs(): Promise<number> {
  const starts: number[] = []
  for (let round = 0; round < 5; round++) starts.push(await startNode(['-e', '0']))
  return median(starts)
}

function measurementsOf({ stretches, totalMs, own }: Way, nodeMs: number): readonly Measurement[] {
  const share = (ms: number): number => (100 * ms) / totalMs
  return [
    { name: 'push to running pod, warm, small image', value: totalMs / 1000, unit: 's' },
    ...stretches.map(({ name, ms }) => ({
      name: `push to running pod, share of: ${name}`,
      value: share(ms),
      unit: '%',
    })),
    {
      name: 'push to running pod, share of: CPU of the actions, their tools apart',
      value: share(own.cpuMs),
      unit: '%',
    },
    {
      name: 'push to running pod, share of: our own code (the same, start-up of node apart)',
      value: share(own.cpuMs - own.processes * nodeMs),
      unit: '%',
      target: { relation: '<=', value: 10 },
    },
  ]
}
