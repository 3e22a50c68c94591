import { stripVTControlCharacters } from 'node:util'

const marker = 'failed: '
const shownLines = 20

/** A line by which a suite names one failure, so that CI can repeat it where it is read: at the end. */
export function formatProblem(where: string, message: string): string {
  return `${marker}${where}: ${tellingLine(message.split('\n'))}`
}

// The message of a failed action is its whole log, which begins with the masks of its secrets.
function tellingLine(lines: readonly string[]): string {
  const seen = lines.filter((line) => !line.startsWith('::add-mask::'))
  return seen.find((line) => line.startsWith('::error')) ?? seen[0] ?? ''
}

/**
 * What a failed step said went wrong: the failures it named by `formatProblem`, or else its last lines.
 * Empty for a step that passed.
 */
export function problemsOf(exitCode: number, output: string): readonly string[] {
  if (exitCode === 0) return []
  const lines = stripVTControlCharacters(output).trimEnd().split('\n')
  const named = lines.filter((line) => line.startsWith(marker))
  return named.length > 0 ? named : lines.slice(-shownLines)
}
