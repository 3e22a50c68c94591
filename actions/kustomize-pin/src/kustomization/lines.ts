/** Where the line of an offset begins. */
export function lineStartBefore(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Where the line of an offset ends, before its LF or CRLF. */
export function lineEndAfter(text: string, offset: number): number {
  const found = /\r?\n|$/.exec(text.slice(offset))
  return offset + (found?.index ?? 0)
}
