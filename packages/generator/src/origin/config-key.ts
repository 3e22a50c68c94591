import { type KeyPath, type LoadedSite, nameOf, type Position } from '@tierseal/tiers'
import { publicKeyFile } from '../public-keys.ts'
import type { Scope } from '../scope.ts'

/** A key of tiers.yaml that a value comes from, or the file of a public key. */
export interface ConfigKey {
  /** Such as `tiers[0].vault.role`, or `keys/dev.pem`. */
  readonly key: string
  /** Where it is written; undefined where the default holds, and for a file. */
  readonly position: Position | undefined
}

/** The keys that bindings name, for the tier and the service of one file. */
export function configKeysOf(
  { site, source }: LoadedSite,
  scope: Scope,
  from: readonly string[],
): readonly ConfigKey[] {
  return [...new Set(from)].flatMap((binding) => {
    if (binding === 'record') {
      return [{ key: publicKeyFile(scope.tier?.name ?? ''), position: undefined }]
    }
    return pathsOf(site, scope, binding).map((path) => ({
      key: nameOf(path),
      position: source.has(path) ? source.locate(path) : undefined,
    }))
  })
}

// `tiers.*.runner` stands for the runner of every tier.
function pathsOf(site: LoadedSite['site'], scope: Scope, from: string): readonly KeyPath[] {
  const [list, star, ...rest] = from.split('.')
  if (star !== '*' || (list !== 'tiers' && list !== 'services')) {
    return [resolvePath(site, scope, from)]
  }
  return site[list].map((_, index) => [list, index, ...rest])
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

/** Whether a key is the file of a public key, and not one of tiers.yaml. */
export function isKeyFile(key: string): boolean {
  return /^keys\/[^/]+\.pem$/.test(key)
}
