import { KnownError } from '@tierseal/errors'
import type { ImagesEntry } from './entry.ts'

/**
 * Refuses entries whose names reach further than themselves. Kustomize puts a name unescaped into a
 * regular expression and applies the entries in order, each to the result of those before
 * (kustomize 5.8.2, api/image/image.go and api/internal/builtins, seen in facts: gitops.md A2).
 *
 * @throws KnownError PIN_ENTRY_PATTERN, PIN_ENTRY_CHAINED
 */
export function demandLiteralNames(entries: readonly ImagesEntry[], chosen: ImagesEntry): void {
  for (const entry of entries) demandNoMetacharacter(entry)
  for (const other of entries) {
    if (other === chosen) continue
    if (isMatch(other, chosen.name) || isMatch(other, chosen.resolved)) throw chained(other, chosen)
    if (isMatch(chosen, other.resolved)) throw chained(chosen, other)
  }
}

// What Kustomize lets follow the name.
const suffixPattern = /^(?::[a-zA-Z0-9_.{}-]*)?(?:@sha256:[a-zA-Z0-9_.{}-]*)?$/

/** Whether Kustomize would let this entry take up an image of that name. */
export function isMatch({ name }: Pick<ImagesEntry, 'name'>, image: string): boolean {
  const head = image.slice(0, name.length)
  const same = head.length === name.length && [...name].every((c, i) => c === '.' || c === head[i])
  return same && suffixPattern.test(image.slice(name.length))
}

function demandNoMetacharacter({ at, name }: ImagesEntry): void {
  const found = /[\\^$*+?()[\]{}|]/.exec(name)
  if (found === null) return
  throw new KnownError(
    'PIN_ENTRY_PATTERN',
    `${at}: the name ${JSON.stringify(name)} holds ${found[0]}, which Kustomize takes as a pattern`,
    { hint: 'Give the entry the literal name of one image.' },
  )
}

function chained(taker: ImagesEntry, other: ImagesEntry): KnownError {
  return new KnownError(
    'PIN_ENTRY_CHAINED',
    `${taker.at}: the entry ${taker.name} also takes up what the entry ${other.name} (${other.at}) is for`,
    { hint: 'Let each entry name its final image, so that no entry matches another one.' },
  )
}
