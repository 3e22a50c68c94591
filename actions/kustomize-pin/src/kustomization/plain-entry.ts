import { KnownError } from '@tierseal/errors'
import { isMap, isScalar, type Pair, visit, type YAMLMap } from 'yaml'
import type { ImagesEntry } from './entry.ts'

/**
 * Refuses an entry whose text means more than it says: anchors and aliases share values with other places,
 * merge keys bring values from there, tags change what a value is.
 *
 * @throws KnownError PIN_ENTRY_SHAPE
 */
export function demandPlainEntry(entry: ImagesEntry): void {
  const flaw = findFlaw(entry.node)
  if (flaw === undefined) return
  throw new KnownError('PIN_ENTRY_SHAPE', `${entry.at}: the entry ${entry.name} ${flaw}`, {
    hint: 'Write the entry as plain name, newName and digest; an exact edit is not safe here.',
  })
}

function findFlaw(entry: YAMLMap): string | undefined {
  const flaws: string[] = []
  visit(entry, {
    Alias: () => void flaws.push('holds an alias'),
    Pair: (_, pair) => void (isMergeKey(pair) && flaws.push('holds a merge key')),
    Node: (_, node) => {
      if ('anchor' in node && node.anchor !== undefined) flaws.push('carries an anchor')
      else if (isMap(node) || isScalar(node)) {
        if (node.tag !== undefined) flaws.push(`carries the tag ${node.tag}`)
      }
    },
  })
  return flaws[0]
}

/** Whether the pair is `<<: ...`, which brings the pairs of another mapping. */
export function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && (key.source ?? key.value) === '<<'
}
