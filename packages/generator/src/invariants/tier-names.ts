import { type Site, type Tier, tierNamedIn } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import type { Scope } from '../scope.ts'
import { lookupIn } from '../values/catalogue.ts'
import { lineOf, type Violation } from './violation.ts'

// Of a fixed list of words each, which a tier may have as its name.
const chosen = /\.(signature\.format|build\.(engine|executor)|pin\.mode|vault\.handover)$/

interface Misnomer {
  readonly placeholder: string
  readonly value: string
  readonly named: string
}

/**
 * Finds the name of another tier in what tiers.yaml says of this one: `role: ci-signer-prod` in dev. Only
 * values of the tier are looked at; a template has words of its own, and so do addresses that tiers share.
 */
export class NameScan {
  readonly #site: Site
  // A value of a tier is the same in the files of every service.
  readonly #judged = new Map<string, Misnomer | undefined>()

  constructor(site: Site) {
    this.#site = site
  }

  foreignNames({ trace, scope, path, text }: RenderedFile): readonly Violation[] {
    const { tier } = scope
    if (trace === undefined || tier === undefined) return []
    const placeholders = new Set(trace.splices.flatMap((splice) => splice.placeholders))
    return [...placeholders].flatMap((placeholder) => {
      const found = this.#judge(scope, tier, placeholder)
      if (found === undefined) return []
      return {
        invariant: "no value of a tier has another tier's name in it",
        ...{ path, line: lineOf(text, Math.max(0, text.indexOf(found.value))) },
        message: `${placeholder} is ${found.value}, which names tier ${found.named}`,
      }
    })
  }

  #judge(scope: Scope, tier: Tier, placeholder: string): Misnomer | undefined {
    if (!placeholder.startsWith('tier.') || chosen.test(placeholder)) return undefined
    const key = `${tier.name} ${placeholder}`
    if (!this.#judged.has(key)) {
      const value = lookupIn(scope)(placeholder)
      const named = typeof value === 'string' ? tierNamedIn(this.#site, tier, value) : undefined
      const misnomer =
        named === undefined ? undefined : { placeholder, value: String(value), named }
      this.#judged.set(key, misnomer)
    }
    return this.#judged.get(key)
  }
}
