import { KnownError } from '@tierseal/errors'
import { quoteStyleOf, renderScalar, type Splice, type YamlSource } from '@tierseal/yaml-edit'
import { isScalar, type Scalar } from 'yaml'
import type { ImagesEntry } from './entry.ts'

/** A UTF-16 range of the source. */
interface Range {
  readonly start: number
  readonly end: number
}

/** One `key: value` of an entry, both scalars, with their ranges. */
export interface ScalarPair {
  readonly key: Range & { readonly node: Scalar }
  readonly value: Range & { readonly node: Scalar }
}

/**
 * The pair of that key.
 *
 * @throws KnownError PIN_ENTRY_SHAPE where the value is not a scalar that can be replaced in its line
 */
export function findPair(entry: ImagesEntry, name: string): ScalarPair | undefined {
  return readPairs(entry).find(({ key }) => key.node.value === name)
}

/** All pairs of an entry, in order. */
export function readPairs(entry: ImagesEntry): readonly ScalarPair[] {
  return entry.node.items.map(({ key, value }) => {
    if (!isScalar(key) || !isScalar(value)) throw unsupported(entry, 'a value that is no scalar')
    if (quoteStyleOf(value) === undefined) throw unsupported(entry, 'a block scalar')
    return { key: ranged(key), value: ranged(value) }
  })
}

/** Puts a text in the place of the value, quoted as the value was. */
export function valueSplice(source: YamlSource, { value }: ScalarPair, text: string): Splice {
  const { node, start, end } = value
  const written = renderScalar(text, quoteStyleOf(node) ?? 'plain')
  // `digest:` with nothing after it: the empty value begins right at the colon.
  const gap = source.text[start - 1] === ':' ? ' ' : ''
  return { start, end, text: gap + written }
}

function ranged(node: Scalar): Range & { readonly node: Scalar } {
  if (!node.range) throw new Error('a parsed node has no range')
  return { node, start: node.range[0], end: node.range[1] }
}

function unsupported({ at, name }: ImagesEntry, what: string): KnownError {
  return new KnownError('PIN_ENTRY_SHAPE', `${at}: the entry ${name} has ${what}`, {
    hint: 'Write name, newName and digest of the entry as values on one line each.',
  })
}
