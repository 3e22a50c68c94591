import { type Code, KnownError } from '@tierseal/errors'

declare const digestBrand: unique symbol

/** `sha256:` and 64 lower-case hex digits: the one form that is signed, pinned and compared. */
export type Digest = string & { readonly [digestBrand]: true }

/** The ways in which a text fails to be a digest. */
type DigestFlaw =
  | 'empty'
  | 'white-space'
  | 'form'
  | 'algorithm'
  | 'upper-case'
  | 'truncated'
  | 'characters'
  | 'length'

interface Diagnosis {
  readonly code: Code
  readonly hint: string
}

const malformed: Diagnosis = {
  code: 'DIGEST_INVALID',
  hint: 'Expected sha256:<64 lower-case hex digits>, exactly as kaniko-build gives it.',
}

const diagnoses: Readonly<Record<DigestFlaw, Diagnosis>> = {
  empty: {
    code: 'DIGEST_EMPTY',
    hint: 'Look at the build step first: its digest output is empty when it did not finish.',
  },
  'white-space': {
    code: 'DIGEST_WHITE_SPACE',
    hint: 'Hand it on with nothing around it; printf %s writes a file without a newline.',
  },
  truncated: {
    code: 'DIGEST_TRUNCATED',
    hint: 'It was cut off on the way: pass the digest output of the build step unchanged.',
  },
  algorithm: {
    code: 'DIGEST_ALGORITHM',
    hint: 'Give the sha256 digest of the manifest, as the registry names it.',
  },
  'upper-case': {
    code: 'DIGEST_UPPER_CASE',
    hint: 'Digests are compared to the letter: pass the output of the build step unchanged.',
  },
  form: malformed,
  characters: malformed,
  length: malformed,
}

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
 * @throws KnownError with the code and the hint of what is wrong with it: DIGEST_EMPTY, DIGEST_WHITE_SPACE,
 * DIGEST_TRUNCATED, DIGEST_ALGORITHM, DIGEST_UPPER_CASE, or else DIGEST_INVALID
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  const flaw = flawOf(text)
  const { code, hint } = diagnoses[flaw]
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  const message = `${JSON.stringify(shown)} is not a digest: ${explain(flaw, text)}`
  throw new KnownError(code, message, { hint })
}

// Of a text that is not a digest.
function flawOf(text: string): DigestFlaw {
  if (text.trim() === '') return text === '' ? 'empty' : 'white-space'
  if (text !== text.trim()) return 'white-space'
  const [algorithm = '', hex = '', ...rest] = text.split(':')
  if (hex === '' || rest.length > 0 || !/^\w+$/.test(algorithm)) return 'form'
  if (algorithm !== 'sha256') return 'algorithm'
  if (/[A-F]/.test(hex)) return 'upper-case'
  if (!/^[0-9a-f]*$/.test(hex)) return 'characters'
  return hex.length < 64 ? 'truncated' : 'length'
}

function explain(flaw: DigestFlaw, text: string): string {
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
  return sentences[flaw]
}
