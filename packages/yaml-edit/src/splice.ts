/** Replaces the UTF-16 range from start up to, but without, end. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * The text with every splice applied; all offsets are of the text before.
 *
 * @throws Error (a bug) where a splice lies outside the text or over another one
 */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const ordered = [...splices].sort((a, b) => a.start - b.start)
  const parts: string[] = []
  let done = 0
  for (const { start, end, text: replacement } of ordered) {
    if (start < done || end < start || end > text.length) {
      throw new Error(`splice ${start}-${end} overlaps another one or lies outside the text`)
    }
    parts.push(text.slice(done, start), replacement)
    done = end
  }
  return parts.join('') + text.slice(done)
}
