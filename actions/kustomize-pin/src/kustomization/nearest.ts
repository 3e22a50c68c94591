/** The candidate that a reader most likely meant; undefined where none is near. */
export function nearest(wanted: string, candidates: readonly string[]): string | undefined {
  const lastPart = wanted.slice(wanted.lastIndexOf('/') + 1)
  const ranked = candidates
    .map((name) => ({ name, distance: editDistance(wanted, name) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  if (best !== undefined && best.distance <= Math.max(2, wanted.length / 5)) return best.name
  return candidates.find((name) => name.slice(name.lastIndexOf('/') + 1) === lastPart)
}

/** Levenshtein, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (character === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
