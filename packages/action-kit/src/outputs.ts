import * as core from '@actions/core'

// Engines up to act_runner 0.4.1 silently lose an output line of 64 KiB and all that follow (facts: runner.md 3).
const maxLineBytes = 60 * 1024

type OutputValue = string | boolean | number | readonly string[] | undefined

/**
 * Writes the step's outputs, all or none. Values are strings or booleans; lists join with newlines.
 *
 * @throws Error (a bug) where a value is too long for the oldest engine, an entry of a list has more than
 *   one line, or there are control characters: whoever makes outputs proves first what others gave
 */
export function setOutputs(outputs: Readonly<Record<string, OutputValue>>): void {
  const texts = Object.entries(outputs).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, textOf(name, value)] as const],
  )
  for (const [name, text] of texts) core.setOutput(name, text)
}

function textOf(name: string, value: NonNullable<OutputValue>): string {
  const entries = typeof value === 'object' ? value : String(value).split(/\r?\n/)
  if (entries.some((entry) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(entry))) {
    throw new Error(`output ${name} has control characters or line breaks in an entry`)
  }
  if (entries.some((entry) => Buffer.byteLength(entry) > maxLineBytes)) {
    throw new Error(`output ${name} has a line over ${maxLineBytes} bytes`)
  }
  return typeof value === 'object' ? value.join('\n') : String(value)
}
