import type { Digest } from '@tierseal/oci'
import type { YamlSource } from '@tierseal/yaml-edit'
import { chooseEntry, type EntryQuery } from './choose-entry.ts'
import { readEntries } from './entry.ts'
import { demandLiteralNames } from './name-pattern.ts'
import { demandPlainEntry } from './plain-entry.ts'
import { setDigest } from './set-digest.ts'

/** What an images entry says of the version. */
export interface Version {
  readonly digest: string | undefined
  readonly tag: string | undefined
}

/** A kustomization in which one image is pinned. */
export interface PinnedEntry {
  /** The same object where the digest was there already. */
  readonly source: YamlSource
  readonly previous: Version
  /** The name of the entry; undefined where no other one leads to the image. */
  readonly among: string | undefined
}

/**
 * What stands in the entry of a query, however it is written.
 *
 * @throws KnownError of the PIN_ENTRY_ and PIN_KUSTOMIZATION_ codes
 */
export function readVersion(source: YamlSource, query: EntryQuery): Version {
  const { digest, newTag: tag } = chooseEntry(readEntries(source), query)
  return { digest, tag }
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
  const previous = { digest: entry.digest, tag: entry.newTag }
  const done = previous.digest === digest && previous.tag === undefined
  const isShared = entries.some((other) => other !== entry && other.resolved === entry.resolved)
  return {
    source: done ? source : setDigest(source, entry, digest),
    previous,
    among: isShared ? entry.name : undefined,
  }
}
