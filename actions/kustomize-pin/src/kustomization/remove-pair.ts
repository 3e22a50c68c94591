import { KnownError } from '@tierseal/errors'
import type { Splice, YamlSource } from '@tierseal/yaml-edit'
import type { ImagesEntry } from './entry.ts'
import { lineEndAfter, lineStartBefore } from './lines.ts'
import { readPairs, type ScalarPair } from './pair.ts'

/**
 * Takes a pair away: its whole line in block style, the pair and one comma in flow style.
 *
 * @throws KnownError PIN_ENTRY_SHAPE where more than the pair would go
 */
export function removePair(source: YamlSource, entry: ImagesEntry, pair: ScalarPair): Splice {
  return entry.node.flow === true
    ? removeFromFlow(source, entry, pair)
    : removeLine(source, entry, pair)
}

function removeLine({ text }: YamlSource, entry: ImagesEntry, { key, value }: ScalarPair): Splice {
  const start = lineStartBefore(text, key.start)
  if (text.slice(start, key.start).trim() !== '') throw sharesLine(entry, key.node.value)
  const end = lineEndAfter(text, value.end)
  const lineBreak = /^\r?\n/.exec(text.slice(end))?.[0].length
  if (lineBreak !== undefined) return { start, end: end + lineBreak, text: '' }
  return { start: lineEndAfter(text, lineStartBefore(text, start - 1)), end, text: '' }
}

function removeFromFlow(source: YamlSource, entry: ImagesEntry, pair: ScalarPair): Splice {
  const pairs = readPairs(entry)
  const index = pairs.findIndex(({ key }) => key.start === pair.key.start)
  const before = pairs[index - 1]
  const after = pairs[index + 1]
  const splice =
    before !== undefined
      ? { start: before.value.end, end: pair.value.end, text: '' }
      : { start: pair.key.start, end: after?.key.start ?? pair.value.end, text: '' }
  const between = source.text.slice(splice.start, splice.end)
  if (/[#\n]/.test(between)) throw sharesLine(entry, pair.key.node.value)
  return splice
}

function sharesLine({ at, name }: ImagesEntry, key: unknown): KnownError {
  return new KnownError(
    'PIN_ENTRY_SHAPE',
    `${at}: ${key} of the entry ${name} cannot be removed without touching its neighbours`,
    { hint: 'Put name first, and newTag on a line of its own, or remove newTag by hand once.' },
  )
}
