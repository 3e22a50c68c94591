// `npm run test:cluster`: the chain on a real cluster with no way out. Brings a new lab up, runs the suite inside
// its network namespace, says how often anything tried to leave, and takes the lab down. --keep uses the lab that is up
// and leaves it; without, whatever a run that was killed or another clone left goes first, lest it be what is tested.
// --openbao and --no-node choose another lab; --lifecycle tests the lab itself, which comes up and goes several times;
// what is left goes to vitest.
import { join } from 'node:path'
import { bringLabUp, obtainLab, runInLab, takeLabDown } from './cluster/lab-session.ts'
import { root } from './root.ts'
import { runStep } from './run-step.ts'

const own = ['--keep', '--openbao', '--no-node', '--lifecycle']
const words = process.argv.slice(2)
const [keep, openbao, noNode, lifecycle] = own.map((word) => words.includes(word))
const rest = words.filter((word) => !own.includes(word))
const chosen = rest.some((word) => word.startsWith('--reporter'))
const reporters = [
  ...(chosen ? [] : ['--reporter=tree']),
  '--reporter=./scripts/test/count-reporter.ts',
]
process.exitCode = lifecycle ? await testLifecycle() : await testCluster()

async function testLifecycle(): Promise<number> {
  for (const vault of ['vault', 'openbao'] as const) {
    if (!(await obtainLab({ vault, node: true }))) return 1
  }
  if (!(await takeLabDown())) return 1
  return runStep('vitest', ['run', '--project', 'lab', ...reporters, ...rest]) ? 0 : 1
}

async function testCluster(): Promise<number> {
  const kind = { vault: openbao ? 'openbao' : 'vault', node: !noNode } as const
  if (!(await obtainLab(kind))) return 1
  if (!keep && !(await takeLabDown())) return 1
  const up = await bringLabUp(kind)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  // Build pods are nothing without a node; of the other suites single cases are skipped by name.
  const without = noNode ? ['--exclude=test/cluster/7*'] : []
  const args = ['run', '--project', 'cluster', ...without, ...reporters, ...rest]
  const tests = up === 0 ? await runInLab([vitest, ...args]) : up
  const silence = up === 0 ? await runInLab([join(root, 'scripts', 'lab.ts'), 'egress']) : up
  const clean = keep || (await takeLabDown())
  return clean ? tests || silence : 1
}
