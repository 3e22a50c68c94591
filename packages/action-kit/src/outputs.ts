import * as core from '@actions/core'

// Engines up to act_runner 0.4.1 silently lose an output line of 64 KiB and all that follow (facts: runner.md 3).
const maxLineBytes = 60 * 1024

/**
 * Writes the step's outputs. Values are strings or booleans; lists join with newlines.
 *
 * @throws Error (a bug) where a value is too long for the oldest engine
 */
export function setOutputs(
  outputs: Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>,
): void {
  for (const [name, value] of Object.entries(outputs)) {
    if (value === undefined) continue
    const text = typeof value === 'object' ? value.join('\n') : String(value)
    if (text.split('\n').some((line) => Buffer.byteLength(line) > maxLineBytes)) {
      throw new Error(`output ${name} has a line over ${maxLineBytes} bytes`)
    }
    core.setOutput(name, text)
  }
}
