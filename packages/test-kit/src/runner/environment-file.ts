// The oldest engine in use reads these files with a line buffer of this size; a longer line and all that
// follows it are lost (facts: runner.md 3).
const maxLineBytes = 64 * 1024

/**
 * Reads a GITHUB_OUTPUT, GITHUB_STATE or GITHUB_ENV file as the strictest runner does.
 *
 * @throws Error where some runner would lose a value: a blank line between entries, an over-long line, an
 * entry that never ends
 */
export function parseEnvironmentFile(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const values: Record<string, string> = {}
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (Buffer.byteLength(line) > maxLineBytes) throw new Error('a line over 64 KiB is lost')
    const heredoc = /^([^=]+?)<<(.+)$/.exec(line)
    if (heredoc === null) {
      const equals = line.indexOf('=')
      if (equals === -1) throw new Error(`not an entry, which fails the step: ${line}`)
      values[line.slice(0, equals)] = line.slice(equals + 1)
      continue
    }
    const [, name = '', delimiter = ''] = heredoc
    const end = lines.indexOf(delimiter, at + 1)
    if (end === -1) throw new Error(`the value of ${name} never ends`)
    const value = lines.slice(at + 1, end)
    if (value.some((part) => Buffer.byteLength(part) > maxLineBytes)) {
      throw new Error(`${name} has a line over 64 KiB, which is lost with all that follows`)
    }
    values[name] = value.join('\n')
    at = end
  }
  return values
}
