// `npm run test:cluster`: the chain on a real cluster with no way out. Brings the lab up, runs the suite inside
// its network namespace, says how often anything tried to leave, and takes the lab down (--keep leaves it).
import { delimiter, dirname, join } from 'node:path'
import {
  findRemains,
  isNothing,
  makeNamespace,
  obtainLabTools,
  prepareAssets,
  removeRemains,
  runInside,
} from '@tierseal/test-kit/lab'
import { prepareRelease } from './cluster/release.ts'
import { root } from './root.ts'

const [keep, rest] = [
  process.argv.includes('--keep'),
  process.argv.slice(2).filter((arg) => arg !== '--keep'),
]
const chosen = rest.some((arg) => arg.startsWith('--reporter'))
const reporters = [
  ...(chosen ? [] : ['--reporter=default']),
  '--reporter=./scripts/test/count-reporter.ts',
]
process.exitCode = await testCluster()

async function testCluster(): Promise<number> {
  const missing = await obtainLabTools('vault')
  for (const tool of missing) if ('problem' in tool) console.error(`test:cluster: ${tool.problem}`)
  if (missing.length > 0) return 1
  await prepareRelease()
  await prepareAssets()
  await makeNamespace()
  const up = await inLab([join(root, 'scripts', 'lab.ts'), 'up'])
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const tests =
    up === 0 ? await inLab([vitest, 'run', '--project', 'cluster', ...reporters, ...rest]) : up
  const silence = await inLab([join(root, 'scripts', 'lab.ts'), 'egress'])
  if (keep) return tests || silence
  await removeRemains()
  const remains = findRemains()
  if (!isNothing(remains)) console.error('test:cluster: left behind', remains)
  return isNothing(remains) ? tests || silence : 1
}

function inLab(args: readonly string[]): Promise<number> {
  const modules = join(root, 'node_modules', '.bin')
  const path = [dirname(process.execPath), modules, process.env['PATH']].join(delimiter)
  return runInside(process.execPath, [...process.execArgv, ...args], { ...process.env, PATH: path })
}
