import type { Site, Tier } from './site.ts'

/**
 * What only a tier itself may name in its files. The registry path with its host and the key path with its
 * mount: a path alone may be any word.
 */
function belongingsOf(site: Site, tier: Tier): readonly string[] {
  const { vault } = tier
  return [
    `tierseal-${tier.name}`,
    tier.runner,
    tier.imagePrefix,
    vault.role,
    vault.policy,
    vault.path,
    vault.publicPath,
    vault.transitKey,
    `${site.vault.keys}/data/${vault.path}`,
    `${tier.serviceAccount.namespace}/`,
    tier.serviceAccount.namespace,
    tier.namespace,
    tier.build.namespace,
    tier.overlay,
    tier.cluster,
    tier.argocdDestination,
  ]
}

/**
 * Finds what belongs to other tiers than these in a text, and not as a part of a longer name; undefined
 * where there are no others.
 */
export function foreignPattern(site: Site, tiers: readonly Tier[]): RegExp | undefined {
  const own = new Set(tiers.flatMap((tier) => belongingsOf(site, tier)))
  const foreign = site.tiers
    .filter((tier) => !tiers.includes(tier))
    .flatMap((tier) => belongingsOf(site, tier))
    .filter((text) => !own.has(text))
  if (foreign.length === 0) return undefined
  const sorted = [...new Set(foreign)].sort((left, right) => right.length - left.length)
  return new RegExp(sorted.map(asWhole).join('|'), 'g')
}

// A text that ends in "/" goes on by nature.
function asWhole(text: string): string {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return `(?<![A-Za-z0-9_-])${escaped}${text.endsWith('/') ? '' : '(?![A-Za-z0-9_-])'}`
}

/** The other tier that a value of this tier names: `prod` for `ci-signer-prod` in dev. */
export function tierNamedIn(site: Site, tier: Tier, value: string): string | undefined {
  const shared = value.replaceAll(site.registry.host, '').replaceAll(tier.name, '')
  const words = shared.split(/[^A-Za-z0-9-]+/).flatMap((word) => [word, ...word.split('-')])
  return site.tiers.find(({ name }) => name !== tier.name && words.includes(name))?.name
}
