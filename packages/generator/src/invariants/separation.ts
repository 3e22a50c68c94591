import type { Site, Tier } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import { lineOf, type Violation } from './violation.ts'

const invariant = 'nothing of another tier appears in the files of a tier'

/** Finds what belongs to another tier in the files of a tier. */
export class LeakScan {
  readonly #patterns: ReadonlyMap<string, RegExp>

  constructor(site: Site) {
    this.#patterns = new Map(
      site.tiers.flatMap((tier) => {
        const own = new Set(belongings(site, tier))
        const foreign = site.tiers
          .filter((other) => other !== tier)
          .flatMap((other) => belongings(site, other))
          .filter((text) => !own.has(text))
        return foreign.length === 0 ? [] : [[tier.name, anyOf(foreign)] as const]
      }),
    )
  }

  leaks({ path, text, scope }: RenderedFile): readonly Violation[] {
    const pattern = scope.tier === undefined ? undefined : this.#patterns.get(scope.tier.name)
    if (pattern === undefined) return []
    return [...text.matchAll(pattern)].map((match) => ({
      ...{ invariant, path, line: lineOf(text, match.index) },
      message: `${match[0]} belongs to another tier`,
    }))
  }
}

// The registry path with its host, the key path with its mount: a path alone may be any word.
function belongings(site: Site, tier: Tier): readonly string[] {
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
  ]
}

function anyOf(texts: readonly string[]): RegExp {
  const sorted = [...new Set(texts)].sort((left, right) => right.length - left.length)
  return new RegExp(sorted.map(asWhole).join('|'), 'g')
}

// Not as a part of a longer name; a text that ends in "/" goes on by nature.
function asWhole(text: string): string {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return `(?<![A-Za-z0-9_-])${escaped}${text.endsWith('/') ? '' : '(?![A-Za-z0-9_-])'}`
}
