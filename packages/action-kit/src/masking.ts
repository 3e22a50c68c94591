import { EOL } from 'node:os'
import * as core from '@actions/core'

const masked = new Set<string>()

/**
 * Tells the runner, and our own redaction, never to print a value: whole, each line of it, and its
 * base64, hex and URL-encoded forms.
 *
 * Runners before gitea-runner 1.0.7 do not honour a mask of several lines, and the command that sets
 * one is printed by some (facts: runner.md 3): so each line is masked alone and the whole value never
 * goes into a command when it has lines. PEM frame lines are no secret and are left readable.
 *
 * Their daemons also take a mask as it stands, escapes and all, so it is not escaped: a new runner undoes
 * three escapes (`%25`, `%0D`, `%0A`), and only what holds one of these is told a second time, for it.
 */
export function maskSecret(value: string): void {
  for (const form of formsOf(value)) {
    if (masked.has(form)) continue
    masked.add(form)
    process.stdout.write(`::add-mask::${form}${EOL}`)
    if (/%(?:25|0D|0A)/.test(form)) core.setSecret(form)
  }
}

/** The text with every masked value replaced, for what is thrown, logged or summarised by us. */
export function redact(text: string): string {
  let clean = text
  for (const form of [...masked].sort((a, b) => b.length - a.length)) {
    clean = clean.replaceAll(form, '***')
  }
  return clean
}

function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r\n?|\n/).map((line) => line.trim())
  const secret = lines.filter((line) => line.length > 3 && !/^-----(BEGIN|END) .*-----$/.test(line))
  const whole = lines.length === 1 && lines[0] === value ? [] : encoded(value)
  return [
    ...whole,
    ...secret.flatMap((line) => [...pieces(line), ...encoded(line), ...escaped(line)]),
  ]
}

// gitea/act and nektos/act take the last `::` of a line for the end of the command, and show what they then
// do not know: by that time its pieces must be masked.
function pieces(line: string): readonly string[] {
  const parts = line.split('::').filter((part) => part.length > 3)
  return [...parts, line]
}

function encoded(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  if (bytes.length < 4) return []
  return (['base64', 'base64url', 'hex'] as const).map((encoding) => bytes.toString(encoding))
}

function escaped(line: string): readonly string[] {
  const forms = [encodeURIComponent(line), JSON.stringify(line).slice(1, -1)]
  return forms.filter((form) => form !== line)
}
