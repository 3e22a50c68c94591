/**
 * Added plus removed lines between two texts that differ in a few lines close to each other, as a diff
 * counts them. Lines are compared with their line ends.
 */
export function changedLines(before: string, after: string): number {
  const from = before.split(/(?<=\n)/)
  const to = after.split(/(?<=\n)/)
  const head = commonLength(from, to)
  const tail = commonLength(from.slice(head).reverse(), to.slice(head).reverse())
  const removed = from.slice(head, from.length - tail)
  const added = to.slice(head, to.length - tail)
  return removed.length + added.length - 2 * commonSubsequence(removed, added)
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((line, index) => line !== b[index])
  return end === -1 ? Math.min(a.length, b.length) : end
}

/** The length of the longest common subsequence: what a diff would leave unmarked. */
function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row: readonly number[] = Array(b.length + 1).fill(0)
  for (const line of a) {
    const next = [0]
    for (const [column, other] of b.entries()) {
      const diagonal = (row[column] ?? 0) + 1
      next.push(line === other ? diagonal : Math.max(row[column + 1] ?? 0, next[column] ?? 0))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
