/** A place in a text, as an editor counts it: both from 1, columns in characters. */
export interface Position {
  readonly line: number
  readonly column: number
}

const byteOrderMark = '\uFEFF'

/** The place of a UTF-16 offset. A byte order mark takes no column; CRLF and LF both end a line. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  const shown = before.slice(lineStart).replace(byteOrderMark, '')
  return { line, column: [...shown].length + 1 }
}
