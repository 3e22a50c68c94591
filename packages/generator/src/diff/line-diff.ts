/** One line of a comparison; numbers are from 1 in the respective text. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
  readonly before: number
  readonly after: number
}

/** The shortest way from one list of lines to another. */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): readonly DiffLine[] {
  const common = commonLengths(before, after)
  const lines: DiffLine[] = []
  let left = 0
  let right = 0
  while (left < before.length || right < after.length) {
    const removed = before[left]
    const added = after[right]
    const numbers = { before: left + 1, after: right + 1 }
    if (removed !== undefined && removed === added) {
      lines.push({ kind: 'same', text: removed, ...numbers })
      left += 1
      right += 1
    } else if (
      removed !== undefined &&
      (added === undefined || prefersRemoval(common, left, right))
    ) {
      lines.push({ kind: 'removed', text: removed, ...numbers })
      left += 1
    } else {
      lines.push({ kind: 'added', text: added ?? '', ...numbers })
      right += 1
    }
  }
  return lines
}

function prefersRemoval(
  common: readonly (readonly number[])[],
  left: number,
  right: number,
): boolean {
  return (common[left + 1]?.[right] ?? 0) >= (common[left]?.[right + 1] ?? 0)
}

// How many lines the rests of both texts have in common, from every pair of positions.
function commonLengths(before: readonly string[], after: readonly string[]): readonly number[][] {
  const table = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  )
  for (let left = before.length - 1; left >= 0; left -= 1) {
    const row = table[left] ?? []
    const below = table[left + 1] ?? []
    for (let right = after.length - 1; right >= 0; right -= 1) {
      row[right] =
        before[left] === after[right]
          ? (below[right + 1] ?? 0) + 1
          : Math.max(below[right] ?? 0, row[right + 1] ?? 0)
    }
  }
  return table
}
