// `npm test`: bundles, the real tools, then every suite but the cluster's. Arguments go to vitest; with
// `--project` only those suites run, and what they do not need is not made.
import { obtainTools, tryPrograms } from '@tierseal/test-kit/tools'
import { bundleActions } from './bundle.ts'
import { runScript } from './command-line.ts'
import { compile } from './compile.ts'
import { runStep } from './run-step.ts'
import { realTools } from './test/real-tools.ts'

const args = process.argv.slice(2)
const all = ['unit', 'repository', 'bundle', 'real']
const named = args.some((arg) => arg === '--project' || arg.startsWith('--project='))
const needsTools = !named || args.some((arg) => /^(--project=)?(bundle|real)$/.test(arg))

const usage = `Usage: npm test [-- [--project SUITE]… [WORDS OF VITEST…]]

  --project SUITE  only this suite: ${all.join(', ')}; what it does not need is not made

Makes the bundles and the real tools first: half an hour where none is there yet, a second after that.
The suites of the cluster are npm run test:cluster.`

// Words that are not ours are for vitest.
const config = { strict: false, allowPositionals: true } as const
await runScript({ name: 'test', usage, config }, async () => {
  if (needsTools) await prepare()
  const projects = named ? [] : all.flatMap((name) => ['--project', name])
  // Every test by name, for the list is the contract.
  const reporters = ['--reporter=tree', '--reporter=./scripts/test/count-reporter.ts']
  return runStep('vitest', ['run', ...projects, ...reporters, ...args])
})

async function prepare(): Promise<void> {
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
