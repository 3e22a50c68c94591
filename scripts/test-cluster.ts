// `npm run test:cluster`: the chain on a real cluster with no way out. Brings a new lab up, runs the suite inside
// its network namespace, says how often anything tried to leave, and takes the lab down.
import { join } from 'node:path'
import { bringLabUp, labFailed, obtainLab, runInLab, withLab } from './cluster/lab-session.ts'
import { runScript } from './command-line.ts'
import { root } from './root.ts'
import { runStep } from './run-step.ts'

const usage = `Usage: npm run test:cluster [-- --keep] [--openbao] [--no-node] [WORDS OF VITEST…]
       npm run test:cluster -- --lifecycle [WORDS OF VITEST…]

  --keep       use the lab that is up, or bring one up, and leave it; without, whatever a run that was killed or another
               clone left goes first, lest it be what is tested
  --openbao    OpenBao in place of HashiCorp Vault
  --no-node    an API server without a kubelet
  --lifecycle  test the lab itself, which comes up and goes several times

Waits where another process uses the lab. Ends with 0 where every case held, 1 where one did not, 2 where the lab could
not be had, and 128 + n after signal n; without --keep the lab is down in each case.`

const own = ['--keep', '--openbao', '--no-node', '--lifecycle']
const words = process.argv.slice(2)
const [keep = false, openbao, noNode, lifecycle] = own.map((word) => words.includes(word))
const rest = words.filter((word) => !own.includes(word))
const chosen = rest.some((word) => word.startsWith('--reporter'))
const reporters = [
  ...(chosen ? [] : ['--reporter=tree']),
  '--reporter=./scripts/test/count-reporter.ts',
]
// Words that are not ours are for vitest.
const config = { strict: false, allowPositionals: true } as const
await runScript({ name: 'test:cluster', usage, config }, lifecycle ? testLifecycle : testCluster)

async function testLifecycle(): Promise<number> {
  for (const vault of ['vault', 'openbao'] as const) {
    if (!(await obtainLab({ vault, node: true }))) return labFailed
  }
  const args = ['run', '--project', 'lab', ...reporters, ...rest]
  return withLab(false, () => runStep('vitest', args))
}

async function testCluster(): Promise<number> {
  const kind = { vault: openbao ? 'openbao' : 'vault', node: !noNode } as const
  if (!(await obtainLab(kind))) return labFailed
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  // Build pods are nothing without a node; of the other suites single cases are skipped by name.
  const without = noNode ? ['--exclude=test/cluster/7*'] : []
  const args = ['run', '--project', 'cluster', ...without, ...reporters, ...rest]
  return withLab(keep, async (signals) => {
    if ((await bringLabUp(kind, signals)) !== 0) return labFailed
    const tests = await runInLab([vitest, ...args])
    const silence = await runInLab([join(root, 'scripts', 'lab.ts'), 'egress'])
    return tests || silence
  })
}
