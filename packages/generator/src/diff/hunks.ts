import { type DiffLine, diffLines } from './line-diff.ts'

/** Changes that stand near each other, with the lines around them. */
export interface Hunk {
  readonly lines: readonly DiffLine[]
}

const context = 3

/** What has to change in one text to become the other. */
export function hunksOf(before: string, after: string): readonly Hunk[] {
  const lines = diffLines(linesOf(before), linesOf(after))
  const changed = lines.flatMap(({ kind }, index) => (kind === 'same' ? [] : [index]))
  const ranges: [number, number][] = []
  for (const index of changed) {
    const last = ranges.at(-1)
    if (last !== undefined && index - context <= last[1] + 1) last[1] = index + context
    else ranges.push([Math.max(0, index - context), index + context])
  }
  return ranges.map(([from, to]) => ({ lines: lines.slice(from, to + 1) }))
}

function linesOf(text: string): readonly string[] {
  if (text === '') return []
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  // As diff has it, below the line: otherwise two texts that differ in nothing else would look the same.
  return last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`]
}

/** A hunk as `diff -u` prints it. */
export function hunkText({ lines }: Hunk): string {
  const first = lines[0]
  const before = lines.filter(({ kind }) => kind !== 'added').length
  const after = lines.filter(({ kind }) => kind !== 'removed').length
  const head = `@@ -${first?.before ?? 0},${before} +${first?.after ?? 0},${after} @@`
  const marks = { same: ' ', removed: '-', added: '+' } as const
  return [head, ...lines.map(({ kind, text }) => marks[kind] + text)].join('\n')
}
