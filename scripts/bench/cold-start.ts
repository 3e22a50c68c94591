import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionName, actions } from '../bundle.ts'
import { root } from '../root.ts'
import { measureCpu, median } from './cpu-time.ts'
import type { Measurement } from './row.ts'

const rounds = 15
const withVault: ReadonlySet<ActionName> = new Set(['vault-fetch-key', 'cosign-sign'])

interface Start {
  readonly name: string
  readonly bundle: string
  readonly target: number
}

/** CPU of each bundle, started without inputs or anything left to undo, against bare node, started in turn. */
export async function measureColdStart(): Promise<readonly Measurement[]> {
  const starts = [...actions.map(startOfMain), ...actions.filter(hasPost).map(startOfPost)]
  const ratios = starts.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, { bundle }] of starts.entries()) {
      const bare = await startNode(['-e', '0'])
      ratios[index]?.push((await startNode([bundle])) / bare)
    }
  }
  return starts.map(({ name, target }, index) => ({
    name,
    value: median(ratios[index] ?? []),
    unit: 'x bare node',
    target: { relation: '<=', value: target },
  }))
}

function startOfMain(action: ActionName): Start {
  const target = withVault.has(action) ? 2.6 : 2
  return { name: `cold start of ${action}, CPU`, bundle: bundleOf(action, 'main'), target }
}

// Most starts of ours are these: four in each job, where almost never anything is left.
function startOfPost(action: ActionName): Start {
  const name = `post of ${action} with nothing to do, CPU`
  return { name, bundle: bundleOf(action, 'post'), target: 1.5 }
}

function hasPost(action: ActionName): boolean {
  return existsSync(bundleOf(action, 'post'))
}

function bundleOf(action: ActionName, phase: 'main' | 'post'): string {
  return join(root, 'actions', action, 'dist', phase, 'index.js')
}

/** CPU milliseconds of one start of node. */
export async function startNode(args: readonly string[]): Promise<number> {
  const env = { PATH: process.env['PATH'] ?? '' }
  return (await measureCpu([process.execPath, ...args], env)).cpuMs
}
