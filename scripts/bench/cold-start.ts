import { join } from 'node:path'
import { type ActionName, actions } from '../bundle.ts'
import { root } from '../root.ts'
import { measureCpu, median } from './cpu-time.ts'
import type { Measurement } from './row.ts'

const rounds = 15
const withVault: ReadonlySet<ActionName> = new Set(['vault-fetch-key', 'cosign-sign'])

/** CPU of each bundle, started without inputs, against bare node, started in turn. */
export async function measureColdStart(): Promise<readonly Measurement[]> {
  const bundles = actions.map((name) => [join(root, 'actions', name, 'dist', 'main', 'index.js')])
  const ratios = actions.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, bundle] of bundles.entries()) {
      const bare = await startNode(['-e', '0'])
      ratios[index]?.push((await startNode(bundle)) / bare)
    }
  }
  return actions.map((name, index) => ({
    name: `cold start of ${name}, CPU`,
    value: median(ratios[index] ?? []),
    unit: 'x bare node',
    target: { relation: '<=', value: withVault.has(name) ? 2.6 : 2 },
  }))
}

/** CPU milliseconds of one start of node. */
export async function startNode(args: readonly string[]): Promise<number> {
  const env = { PATH: process.env['PATH'] ?? '' }
  return (await measureCpu([process.execPath, ...args], env)).cpuMs
}
