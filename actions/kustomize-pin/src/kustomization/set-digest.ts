import { KnownError } from '@tierseal/errors'
import { isRecord } from '@tierseal/json'
import { editYaml, type Splice, type YamlSource } from '@tierseal/yaml-edit'
import { changedLines } from './changed-lines.ts'
import type { ImagesEntry } from './entry.ts'
import { insertDigest } from './insert-digest.ts'
import { findPair, valueSplice } from './pair.ts'
import { removePair } from './remove-pair.ts'

// Two for a replaced value, one more for a newTag line that must go.
const maxChangedLines = 3

/**
 * Sets the digest of one entry and touches nothing else. A newTag goes, since Kustomize would render
 * `name:tag@digest` and leave a tag that nobody keeps true; where there is no digest yet, its line becomes
 * the digest's.
 *
 * @throws KnownError PIN_ENTRY_SHAPE, YAML_EDIT_REFUSED
 */
export function setDigest(source: YamlSource, entry: ImagesEntry, digest: string): YamlSource {
  const edited = editYaml(
    source,
    splicesFor(source, entry, digest),
    intended(source, entry, digest),
  )
  const lines = changedLines(source.text, edited.text)
  if (lines <= maxChangedLines) return edited
  throw new KnownError(
    'PIN_ENTRY_SHAPE',
    `${entry.at}: pinning ${entry.name} would change ${lines} lines; at most ${maxChangedLines} is right`,
    { hint: 'Write name, newTag and digest of the entry on lines of their own.' },
  )
}

function splicesFor(source: YamlSource, entry: ImagesEntry, digest: string): readonly Splice[] {
  const present = findPair(entry, 'digest')
  const tag = findPair(entry, 'newTag')
  if (present !== undefined) {
    const set = valueSplice(source, present, digest)
    return tag === undefined ? [set] : [set, removePair(source, entry, tag)]
  }
  if (tag === undefined) return [insertDigest(source, entry, digest)]
  const { start, end } = tag.key
  const key = source.text.slice(start, end).replace('newTag', 'digest')
  return [{ start, end, text: key }, valueSplice(source, tag, digest)]
}

function intended(source: YamlSource, entry: ImagesEntry, digest: string): unknown {
  const values = source.values()
  if (!isRecord(values) || !Array.isArray(values['images'])) throw new Error('images vanished')
  const images: readonly unknown[] = values['images']
  const target = images[entry.index]
  if (!isRecord(target)) throw new Error('the images entry vanished')
  const { newTag: _, ...kept } = target
  return { ...values, images: images.with(entry.index, { ...kept, digest }) }
}
