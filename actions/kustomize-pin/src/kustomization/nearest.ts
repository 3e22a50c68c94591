import { editDistance } from '@tierseal/errors'

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
