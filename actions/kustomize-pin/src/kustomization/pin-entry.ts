import type { Digest } from '@tierseal/oci'
import type { YamlSource } from '@tierseal/yaml-edit'
import { chooseEntry, type EntryQuery } from './choose-entry.ts'
import { type ImagesEntry, readEntries } from './entry.ts'
import { demandLiteralNames } from './name-pattern.ts'
import { demandPlainEntry } from './plain-entry.ts'
import { setDigest } from './set-digest.ts'

/** A kustomization in which one image is pinned. */
export interface PinnedEntry {
  /** The same object where the digest was there already. */
  readonly source: YamlSource
  readonly entry: ImagesEntry
  /** The digest, or tag, that stood there before. */
  readonly previous: string | undefined
}

/**
 * Pins one image in a kustomization file.
 *
 * @throws KnownError of the PIN_ENTRY_, PIN_KUSTOMIZATION_ and YAML_ codes
 */
export function pinEntry(source: YamlSource, query: EntryQuery, digest: Digest): PinnedEntry {
  const entries = readEntries(source)
  const entry = chooseEntry(entries, query)
  demandLiteralNames(entries, entry)
  demandPlainEntry(entry)
  const done = entry.digest === digest && entry.newTag === undefined
  return { source: done ? source : setDigest(source, entry, digest), entry, previous: entry.digest }
}
