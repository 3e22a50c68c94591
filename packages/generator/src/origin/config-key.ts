import { type KeyPath, type LoadedSite, nameOf, type Position } from '@tierseal/tiers'
import type { Scope } from '../scope.ts'
import { bindingOf } from '../values/catalogue.ts'

/** A key of tiers.yaml that a value comes from. */
export interface ConfigKey {
  /** Such as `tiers[0].vault.role`. */
  readonly key: string
  /** Where it is written; undefined where the default holds. */
  readonly position: Position | undefined
}

/** The keys that a placeholder comes from in one file. */
export function configKeysOf(
  { site, source }: LoadedSite,
  scope: Scope,
  placeholder: string,
): readonly ConfigKey[] {
  return bindingOf(placeholder).from.map((from) => {
    const path = resolvePath(site, scope, from)
    return { key: nameOf(path), position: source.has(path) ? source.locate(path) : undefined }
  })
}

function resolvePath(site: LoadedSite['site'], scope: Scope, from: string): KeyPath {
  const [first = '', ...rest] = from.split('.')
  if (first === 'tier') return ['tiers', indexOf(site.tiers, scope.tier?.name), ...rest]
  if (first === 'service') return ['services', indexOf(site.services, scope.service?.name), ...rest]
  return [first, ...rest]
}

function indexOf(items: readonly { readonly name: string }[], name: string | undefined): number {
  return items.findIndex((item) => item.name === name)
}

/**
 * A key as a person names it: `dev.vault.role` (of a tier), `payments.context` (of a service), or as it
 * stands in tiers.yaml: `tiers[0].vault.role`, `registry.host`.
 */
export function fullKey({ site }: LoadedSite, asked: string): string {
  const [first = '', ...rest] = asked.split('.')
  const tier = indexOf(site.tiers, first)
  if (tier !== -1) return nameOf(['tiers', tier, ...rest])
  const service = indexOf(site.services, first)
  return service === -1 ? asked : nameOf(['services', service, ...rest])
}
