import { KnownError } from '@tierseal/errors'
import type { YamlSource } from '@tierseal/yaml-edit'
import { isAlias, isMap, isScalar, isSeq, type YAMLMap } from 'yaml'

/** One element of `images:` in a kustomization file. */
export interface ImagesEntry {
  /** Its place in the list. */
  readonly index: number
  /** `file:line:column` of its start. */
  readonly at: string
  /** What Kustomize looks for in the manifests. */
  readonly name: string
  /** What the image is called afterwards: newName, or name where there is none. */
  readonly resolved: string
  readonly newTag: string | undefined
  readonly digest: string | undefined
  readonly node: YAMLMap
}

/**
 * The images entries of a kustomization, in order.
 *
 * @throws KnownError PIN_KUSTOMIZATION_INVALID, PIN_ENTRY_SHAPE
 */
export function readEntries(source: YamlSource): readonly ImagesEntry[] {
  const { contents } = source.document
  if (!isMap(contents)) {
    throw invalid(`${source.file} is not a mapping`)
  }
  const images: unknown = contents.get('images', true)
  if (images === undefined || (isScalar(images) && images.value === null)) return []
  if (isAlias(images)) throw shape(`${source.file}: images is an alias`)
  if (!isSeq(images)) throw invalid(`${source.file}: images is not a list`)
  if (images.anchor !== undefined) throw shape(`${source.file}: images carries an anchor`)
  return images.items.map((item, index) => readEntry(source, item, index))
}

function readEntry(source: YamlSource, item: unknown, index: number): ImagesEntry {
  if (isAlias(item)) throw shape(`${source.at(item.range?.[0] ?? 0)}: the images entry is an alias`)
  if (!isMap(item)) throw invalid(`${source.file}: images[${index}] is not a mapping`)
  const at = source.at(item.range?.[0] ?? 0)
  const text = (key: string): string | undefined => readText(item, key, at)
  const name = text('name')
  if (name === undefined || name === '') throw invalid(`${at}: the images entry has no name`)
  const resolved = text('newName') || name
  const [newTag, digest] = [
    version(text('newTag'), 'newTag', at),
    version(text('digest'), 'digest', at),
  ]
  return { index, at, name, resolved, newTag, digest, node: item }
}

// What stands there goes into the trailers of a commit, and into a command line of git.
function version(text: string | undefined, key: string, at: string): string | undefined {
  if (text === undefined || /^[\x21-\x7e]{0,200}$/.test(text)) return text
  throw invalid(`${at}: ${key} of the images entry is no word of at most 200 characters of ASCII`)
}

// Kustomize decodes strictly: `newTag: 1.10` is an error there, not the text "1.10".
function readText(entry: YAMLMap, key: string, at: string): string | undefined {
  const node: unknown = entry.get(key, true)
  if (node === undefined) return undefined
  if (isAlias(node)) return demandNoName(key, at)
  if (isScalar(node) && typeof node.value === 'string') return node.value
  if (isScalar(node) && node.value === null) return undefined
  throw invalid(`${at}: ${key} of the images entry is not a string`)
}

// Which entry is which cannot be told without its names; what else the chosen one holds is refused later.
function demandNoName(key: string, at: string): undefined {
  if (key === 'name' || key === 'newName')
    throw shape(`${at}: ${key} of the images entry is an alias`)
}

function invalid(message: string): KnownError {
  return new KnownError('PIN_KUSTOMIZATION_INVALID', message, {
    hint: 'Correct the kustomization file; `kustomize build` would refuse it or misread it.',
  })
}

function shape(message: string): KnownError {
  return new KnownError('PIN_ENTRY_SHAPE', message, {
    hint: 'Write the images entries out; what an anchor or alias shares cannot be pinned alone.',
  })
}
