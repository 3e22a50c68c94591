import { KnownError } from '@tierseal/errors'

declare const digestBrand: unique symbol

/** `sha256:` and 64 lower-case hex digits: the one form that is signed, pinned and compared. */
export type Digest = string & { readonly [digestBrand]: true }

/** The ways in which a text fails to be a digest. */
export type DigestFlaw =
  | 'empty'
  | 'white-space'
  | 'form'
  | 'algorithm'
  | 'upper-case'
  | 'truncated'
  | 'characters'
  | 'length'

const digestPattern = /^sha256:[0-9a-f]{64}$/

/**
 * Stands where no image has been pinned yet: an overlay needs a digest to start with, and no registry can
 * hold this one.
 */
export const noImageDigest: Digest = parseDigest(`sha256:${'0'.repeat(64)}`)

function isDigest(text: string): text is Digest {
  return digestPattern.test(text)
}

/** The digest, or undefined where the text is not exactly one. */
export function tryDigest(text: string): Digest | undefined {
  return isDigest(text) ? text : undefined
}

/**
 * The digest that the text is, to the letter: no trimming, no lower-casing, no other algorithm.
 *
 * @throws KnownError DIGEST_INVALID, naming what is wrong with it
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new KnownError('DIGEST_INVALID', describeNonDigest(text), {
    hint: 'Expected sha256:<64 lower-case hex digits>.',
  })
}

/** What is wrong with a text as a digest; undefined where nothing is. */
export function findDigestFlaw(text: string): DigestFlaw | undefined {
  if (isDigest(text)) return undefined
  if (text.trim() === '') return text === '' ? 'empty' : 'white-space'
  if (text !== text.trim()) return 'white-space'
  const [algorithm = '', hex = '', ...rest] = text.split(':')
  if (hex === '' || rest.length > 0 || !/^\w+$/.test(algorithm)) return 'form'
  if (algorithm !== 'sha256') return 'algorithm'
  if (/[A-F]/.test(hex)) return 'upper-case'
  if (!/^[0-9a-f]*$/.test(hex)) return 'characters'
  return hex.length < 64 ? 'truncated' : 'length'
}

/** The sentence that says why a text is not a digest. */
export function describeNonDigest(text: string): string {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  return `${JSON.stringify(shown)} is not a digest: ${explain(text)}`
}

function explain(text: string): string {
  const [algorithm = '', hex = ''] = text.split(':')
  const sentences: Readonly<Record<DigestFlaw, string>> = {
    empty: 'it is empty',
    'white-space': 'it has white space around it',
    form: 'it has no <algorithm>:<hex> form',
    algorithm: `its algorithm is ${JSON.stringify(algorithm)}, not sha256`,
    'upper-case': 'it has upper-case hex digits',
    truncated: `it has ${hex.length} hex digits instead of 64`,
    characters: 'it has characters that are not hex digits',
    length: `it has ${hex.length} hex digits instead of 64`,
  }
  return sentences[findDigestFlaw(text) ?? 'form']
}
