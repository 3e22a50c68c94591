import { KnownError } from '@tierseal/errors'
import type { ImagesEntry } from './entry.ts'
import { nearest } from './nearest.ts'

/** Which entry a pin means. */
export interface EntryQuery {
  /** The kustomization file, for messages. */
  readonly file: string
  /** `registry/path` that the entry must lead to. */
  readonly image: string
  /** The name of the entry where several lead to the image. */
  readonly entry: string | undefined
}

/**
 * The one entry that a pin is for.
 *
 * @throws KnownError PIN_ENTRY_UNKNOWN, PIN_ENTRY_AMBIGUOUS, PIN_ENTRY_RENAMED
 */
export function chooseEntry(entries: readonly ImagesEntry[], query: EntryQuery): ImagesEntry {
  const wanted = entries.filter((entry) =>
    query.entry === undefined ? entry.resolved === query.image : entry.name === query.entry,
  )
  const [found] = wanted
  if (found === undefined) throw unknown(entries, query)
  if (found.resolved !== query.image) throw renamed(found, query)
  const same = entries.filter(({ name }) => wanted.some((entry) => entry.name === name))
  if (same.length > 1) throw ambiguous(same, query)
  return found
}

function unknown(entries: readonly ImagesEntry[], query: EntryQuery): KnownError {
  const sent = entries.find(({ name }) => name === query.image)
  if (sent !== undefined && query.entry === undefined) return renamed(sent, query)
  const wanted = query.entry ?? query.image
  const names = entries.flatMap(({ name, resolved }) =>
    name === resolved ? [name] : [name, resolved],
  )
  const listed = names.length === 0 ? 'it has no images entries' : `it has ${names.join(', ')}`
  const near = nearest(wanted, names)
  return new KnownError(
    'PIN_ENTRY_UNKNOWN',
    `${query.file} has no images entry for ${wanted}: ${listed}`,
    { hint: near === undefined ? addHint(query) : `Did you mean ${near}?` },
  )
}

function addHint({ image }: EntryQuery): string {
  return `Add it once by hand:\nimages:\n  - name: ${image}`
}

function ambiguous(found: readonly ImagesEntry[], { image }: EntryQuery): KnownError {
  const places = found.map(({ at, name }) => `${at} (${name})`).join(', ')
  return new KnownError(
    'PIN_ENTRY_AMBIGUOUS',
    `several images entries are for ${image}: ${places}`,
    {
      hint: 'Remove duplicates; where the names differ, write entry=image@sha256:... in pins.',
    },
  )
}

function renamed({ at, name, resolved }: ImagesEntry, { image }: EntryQuery): KnownError {
  return new KnownError(
    'PIN_ENTRY_RENAMED',
    `${at}: the entry ${name} leads to ${resolved}, not to ${image}`,
    { hint: `Pin ${resolved}@sha256:..., or correct newName of the entry.` },
  )
}
