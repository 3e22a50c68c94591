import { quoteStyleOf, renderScalar, type Splice, type YamlSource } from '@tierseal/yaml-edit'
import type { ImagesEntry } from './entry.ts'
import { lineEndAfter, lineStartBefore } from './lines.ts'
import { findPair, type ScalarPair } from './pair.ts'

/** A `digest` after newName, or after name: a line of its own in block style, in the line in flow style. */
export function insertDigest(source: YamlSource, entry: ImagesEntry, digest: string): Splice {
  const after = findPair(entry, 'newName') ?? findPair(entry, 'name')
  if (after === undefined) throw new Error('the images entry has no name')
  const pair = written(after, digest)
  if (entry.node.flow === true) return at(after.value.end, `, ${pair}`)
  const { text } = source
  const indentation = ' '.repeat(after.key.start - lineStartBefore(text, after.key.start))
  const end = lineEndAfter(text, after.value.end)
  return at(end, `${lineBreakNear(text, end)}${indentation}${pair}`)
}

// As its neighbour is written: JSON demands quotes, and a quoted style should stay uniform.
function written({ key, value }: ScalarPair, digest: string): string {
  const name = renderScalar('digest', quoteStyleOf(key.node) ?? 'plain')
  return `${name}: ${renderScalar(digest, quoteStyleOf(value.node) ?? 'plain')}`
}

function at(offset: number, text: string): Splice {
  return { start: offset, end: offset, text }
}

function lineBreakNear(text: string, end: number): string {
  if (text.startsWith('\r\n', end)) return '\r\n'
  if (end < text.length) return '\n'
  return text.includes('\r\n') ? '\r\n' : '\n'
}
