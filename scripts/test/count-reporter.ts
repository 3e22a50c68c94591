import type { Reporter, TestModule } from 'vitest/node'
import { formatCounts } from '../ci/counts.ts'

/** Prints the closing line that CI counts: `N passed, N failed`, and fails a CI run that skipped a test. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    )
    const count = (wanted: string): number => states.filter((state) => state === wanted).length
    // A file that cannot be loaded and an error outside of tests are failures too.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length
    const skipped = count('skipped') + count('pending')
    console.log(
      formatCounts({ passed: count('passed'), failed: count('failed') + broken, skipped }),
    )
    if (skipped > 0 && process.env['CI'] === 'true') {
      console.log('In CI every test runs: see which were skipped above.')
      process.exitCode = 1
    }
  }
}
