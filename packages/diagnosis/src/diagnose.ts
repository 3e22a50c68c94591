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
  const table: readonly Diagnosis[] = diagnoses[tool]
  const known = placesOf(tool, failure)
    .map((text) => table.find(({ pattern }) => pattern.test(text)))
    .find((found) => found !== undefined)
  const said = quote(tool, failure, redact)
  if (known === undefined) return new KnownError(fallback, said)
  return new KnownError(known.code, `${known.cause}\n${said}`, { hint: known.remedy })
}

// A tool gives up at the end of what it says, and a pattern of two words takes the square of what it looks through.
const mostLookedAt = 64 * 1024
const runsOthers: ReadonlySet<DiagnosedTool> = new Set(['kaniko', 'buildah'])

// Where a cause is looked for. What a RUN prints stands in the text of an engine too, and whatever it says, the engine's
// own word on why it ended comes last.
function placesOf(tool: DiagnosedTool, { stdout, stderr }: FailureText): readonly string[] {
  const [own = '', other = ''] = [withoutUsage(stderr), stdout].map((text) =>
    text.slice(-mostLookedAt),
  )
  const all = `${own}\n${other}`
  if (!runsOthers.has(tool)) return [all]
  const lines = (own.trim() === '' ? other : own).trim().split('\n')
  return [...[1, 6].map((count) => lines.slice(-count).join('\n')), all]
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
