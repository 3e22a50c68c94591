import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { formatCounts } from '../ci/counts.ts'
import { formatProblem } from '../ci/problems.ts'

/**
 * Names every failure on a line of its own and prints the closing line that CI counts, `N passed, N failed`;
 * fails a CI run that skipped a test.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly { readonly message: string }[],
  ): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (wanted: string): number =>
      tests.filter((test) => test.result().state === wanted).length
    // A file that cannot be loaded and an error outside of tests are failures too.
    const broken = modules.filter((module) => module.errors().length > 0)
    for (const test of tests) if (test.result().state === 'failed') nameFailure(test)
    for (const module of broken) {
      console.log(formatProblem(module.relativeModuleId, module.errors()[0]?.message ?? ''))
    }
    for (const error of errors) console.log(formatProblem('outside of the tests', error.message))
    const failed = count('failed') + broken.length + errors.length
    const skipped = count('skipped') + count('pending')
    console.log(formatCounts({ passed: count('passed'), failed, skipped }))
    if (skipped > 0 && process.env['CI'] === 'true') {
      console.log('In CI every test runs: see which were skipped above.')
      process.exitCode = 1
    }
    endAtLast(failed > 0)
  }
}

// vitest 5.1.1 was seen to wait for ever for a worker that it could not end, long after the result was told.
function endAtLast(hasFailed: boolean): void {
  const end = (): void => process.exit(hasFailed ? 1 : process.exitCode)
  setTimeout(end, 60_000).unref()
}

function nameFailure(test: TestCase): void {
  const where = `[${test.project.name}] ${test.module.relativeModuleId} > ${test.fullName}`
  console.log(formatProblem(where, test.result().errors?.[0]?.message ?? ''))
}
