/** How many checks of a step held. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const closingLine = /^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/

/**
 * The counts that a step printed in its closing line; a step without one counts as a single check.
 * A step that failed never counts as if all had passed, whatever it printed.
 */
export function countsOf(exitCode: number, output: string): Counts {
  const lines = output.trim().split('\n').reverse()
  const match = lines.map((line) => closingLine.exec(line.trim())).find((found) => found !== null)
  if (match === undefined || match === null) {
    return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 }
  }
  const [passed = 0, failed = 0, skipped = 0] = match.slice(1).map((digits) => Number(digits ?? 0))
  return { passed, failed: exitCode === 0 ? failed : Math.max(failed, 1), skipped }
}

/** The counts of several steps together. */
export function sum(all: readonly Counts[]): Counts {
  return {
    passed: all.reduce((total, { passed }) => total + passed, 0),
    failed: all.reduce((total, { failed }) => total + failed, 0),
    skipped: all.reduce((total, { skipped }) => total + skipped, 0),
  }
}

/** The closing line: `N passed, N failed`, and `, N skipped` where some were. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
