import { loadSite } from '@tierseal/tiers'
import { applySplices, parseYaml, renderScalar } from '@tierseal/yaml-edit'
import { isScalar } from 'yaml'

/** A release of an action repository and the commit that it is. */
export interface ActionPin {
  readonly entry: 'actions' | 'checkout'
  readonly version: string
  readonly sha: string
}

/**
 * Puts releases and commits into the text of a tiers.yaml and changes nothing else of it.
 *
 * @throws KnownError TIERS_INVALID where the result would not load
 */
export function pinActions(file: string, text: string, pins: readonly ActionPin[]): string {
  const { document } = parseYaml(file, text)
  const splices = pins.flatMap(({ entry, version, sha }) =>
    Object.entries({ version, sha }).flatMap(([key, value]) => {
      const node = document.getIn([entry, key], true)
      if (!isScalar(node) || !node.range) return []
      const [start, end] = node.range
      // A commit of digits alone, or with one e among them, would be read as a number.
      return [{ start, end, text: renderScalar(value, key === 'sha' ? 'double' : 'plain') }]
    }),
  )
  const edited = applySplices(text, splices)
  loadSite(file, edited)
  return edited
}
