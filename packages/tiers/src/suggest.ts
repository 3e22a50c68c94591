/** The known word that was probably meant, or undefined where none is near. */
export function suggest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (const [row, letter] of [...left].entries()) {
    const current = [row + 1]
    for (const [column, other] of [...right].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1)
      const added = (current[column] ?? 0) + 1
      const removed = (previous[column + 1] ?? 0) + 1
      current.push(Math.min(replaced, added, removed))
    }
    previous = current
  }
  return previous[right.length] ?? 0
}
