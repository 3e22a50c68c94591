import { foreignPattern, type Site } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import { lineOf, type Violation } from './violation.ts'

const invariant = 'nothing of another tier appears in the files of a tier'

/** Finds what belongs to another tier in the files of a tier. */
export class LeakScan {
  readonly #patterns: ReadonlyMap<string, RegExp>

  constructor(site: Site) {
    this.#patterns = new Map(
      site.tiers.flatMap((tier) => {
        const pattern = foreignPattern(site, [tier])
        return pattern === undefined ? [] : [[tier.name, pattern] as const]
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
