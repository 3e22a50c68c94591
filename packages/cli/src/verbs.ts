import { KnownError } from '@tierseal/errors'
import { suggest } from '@tierseal/tiers'
import type { Verb } from './verb.ts'
import { check } from './verbs/check.ts'
import { diff } from './verbs/diff.ts'
import { generate } from './verbs/generate.ts'
import { init } from './verbs/init.ts'
import { keysFetch } from './verbs/keys-fetch.ts'
import { keysInit } from './verbs/keys-init.ts'
import { openings } from './verbs/openings.ts'
import { origin } from './verbs/origin.ts'
import { updateActions } from './verbs/update-actions.ts'
import { vaultApply } from './verbs/vault-apply.ts'

/** Every verb, in the order in which a site meets them. */
export const verbs: readonly Verb[] = [
  init,
  generate,
  check,
  diff,
  origin,
  updateActions,
  keysInit,
  keysFetch,
  vaultApply,
  openings,
]

/** The verbs of two words that start with this one. */
export function verbsBelow(word: string): readonly Verb[] {
  return verbs.filter(({ name }) => name.startsWith(`${word} `))
}

/** The verb that a command line starts with; a name may have two words. @throws KnownError USAGE */
export function findVerb(args: readonly string[]): { verb: Verb; rest: readonly string[] } {
  for (const length of [2, 1]) {
    const name = args.slice(0, length).join(' ')
    const verb = verbs.find((candidate) => candidate.name === name)
    if (verb !== undefined) return { verb, rest: args.slice(length) }
  }
  const below = verbsBelow(args[0] ?? '').map(({ name }) => name)
  if (below.length > 0) {
    throw new KnownError('USAGE', `${args[0] ?? ''} needs a second word`, {
      hint: `One of: ${below.join(', ')}.`,
    })
  }
  if (args[0]?.startsWith('-') === true) {
    throw new KnownError('USAGE', `options go after the verb, and ${args[0]} stands before it`, {
      hint: `Such as: tierseal check ${args.slice(0, 2).join(' ')}`,
    })
  }
  const meant = suggest(
    args[0] ?? '',
    verbs.map(({ name }) => name),
  )
  throw new KnownError('USAGE', `there is no verb ${JSON.stringify(args[0])}`, {
    hint: meant === undefined ? 'See: tierseal --help' : `Did you mean ${meant}?`,
  })
}
