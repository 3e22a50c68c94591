import { KnownError } from '@tierseal/errors'
import type { Tier } from '@tierseal/tiers'
import type { SiteContext } from './site-context.ts'

/** The tiers that a command line names, or all of them where it names none. @throws KnownError USAGE */
export function tiersOf({ loaded }: SiteContext, words: readonly string[]): readonly Tier[] {
  const { tiers } = loaded.site
  if (words.length === 0) return tiers
  return words.map((word) => {
    const tier = tiers.find(({ name }) => name === word)
    if (tier !== undefined) return tier
    const names = tiers.map(({ name }) => name).join(', ')
    throw new KnownError('USAGE', `there is no tier ${JSON.stringify(word)}`, {
      hint: `The tiers: ${names}.`,
    })
  })
}

/** The one tier that a command line must name. @throws KnownError USAGE */
export function oneTier(context: SiteContext, words: readonly string[]): Tier {
  const [tier, ...others] = words.length === 0 ? [] : tiersOf(context, words)
  if (tier !== undefined && others.length === 0) return tier
  const names = context.loaded.site.tiers.map(({ name }) => name).join(', ')
  throw new KnownError('USAGE', 'name one tier', { hint: `The tiers: ${names}.` })
}
