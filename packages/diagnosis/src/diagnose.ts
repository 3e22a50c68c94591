import { type Code, KnownError } from '@tierseal/errors'
import { type DiagnosedTool, diagnoses } from './diagnoses.ts'
import type { Diagnosis } from './diagnosis.ts'

/** What a tool said when it failed. */
export interface FailureText {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/**
 * The true cause behind a tool's failure: the first known text that matches, or the fallback code with
 * the tool's own last lines.
 *
 * @param redact applied to every line that is quoted
 */
export function diagnose(
  tool: DiagnosedTool,
  failure: FailureText,
  fallback: Code,
  redact: (text: string) => string = (text) => text,
): KnownError {
  const text = `${withoutUsage(failure.stderr)}\n${failure.stdout}`
  const table: readonly Diagnosis[] = diagnoses[tool]
  const known = table.find(({ pattern }) => pattern.test(text))
  const said = quote(tool, failure, redact)
  if (known === undefined) return new KnownError(fallback, said)
  return new KnownError(known.code, `${known.cause}\n${said}`, { hint: known.remedy })
}

/** A tool's own last lines and its exit code, for a failure of which no table knows the cause. */
export function quote(
  tool: DiagnosedTool,
  { exitCode, stdout, stderr }: FailureText,
  redact: (text: string) => string,
): string {
  const own = withoutUsage(stderr)
  const lines = redact(lastLines(own.trim() === '' ? stdout : own))
  return `${tool} ended with exit code ${exitCode ?? '(killed)'} and said:\n${lines}`
}

// cosign prints every error a second time behind these words (facts: cosign.md 6).
const repeated = /^(?:\S+ )?error during command execution: /

function lastLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .filter((line) => !repeated.test(line))
    .slice(-6)
    .map((line) => `  ${line.slice(0, 500)}`)
    .join('\n')
}

const ofUsage = /^(\s.*|[A-Z][A-Za-z ]*:|Use ".*)?$/

// Programs made with cobra print 80 lines of it after a flag that they do not know. A usage that is followed by
// anything else is not their own.
function withoutUsage(text: string): string {
  const lines = text.split('\n')
  const start = lines.lastIndexOf('Usage:')
  const isLast = start > 0 && lines.slice(start + 1).every((line) => ofUsage.test(line))
  return isLast ? lines.slice(0, start).join('\n') : text
}
