// `npm test`: bundles, the real tools, then every suite but the cluster's. Arguments go to vitest; with
// `--project` only those suites run, and what they do not need is not made.
import { obtainTools, tryPrograms } from '@tierseal/test-kit/tools'
import { bundleActions } from './bundle.ts'
import { compile } from './compile.ts'
import { runStep } from './run-step.ts'
import { realTools } from './test/real-tools.ts'

const args = process.argv.slice(2)
const all = ['unit', 'repository', 'bundle', 'real']
const named = args.some((arg) => arg === '--project' || arg.startsWith('--project='))
const needsTools = !named || args.some((arg) => /^(--project=)?(bundle|real)$/.test(arg))

if (needsTools) {
  compile()
  await bundleActions()
  const obtained = await obtainTools(realTools)
  const problems = [
    ...(await tryPrograms(['openssl', 'gpg'])),
    ...obtained.flatMap((result) => ('problem' in result ? [result.problem] : [])),
  ]
  for (const problem of problems) console.error(`tools: ${problem}`)
  if (problems.length > 0) console.error('tools: the tests that need these are skipped, or fail')
}
const projects = named ? [] : all.flatMap((name) => ['--project', name])
// Every test by name, for the list is the contract.
const reporters = ['--reporter=tree', '--reporter=./scripts/test/count-reporter.ts']
process.exitCode = await runStep('vitest', ['run', ...projects, ...reporters, ...args])
