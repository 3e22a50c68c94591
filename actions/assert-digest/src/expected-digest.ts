import { type Code, KnownError } from '@tierseal/errors'
import {
  type Digest,
  type DigestFlaw,
  describeNonDigest,
  findDigestFlaw,
  type ImageReference,
  tryDigest,
} from '@tierseal/oci'
import { readDigestFile } from './digest-file.ts'

/** Where the digest of the build may be named. */
export interface DigestSources {
  readonly digestText: string
  readonly digestFile: string | undefined
  readonly newerThan: string
}

const codeOfFlaw: Readonly<Record<DigestFlaw, Code>> = {
  empty: 'DIGEST_EMPTY',
  'white-space': 'DIGEST_WHITE_SPACE',
  truncated: 'DIGEST_TRUNCATED',
  algorithm: 'DIGEST_ALGORITHM',
  'upper-case': 'DIGEST_UPPER_CASE',
  form: 'DIGEST_INVALID',
  characters: 'DIGEST_INVALID',
  length: 'DIGEST_INVALID',
}

/**
 * The digest that each image must have: from its own reference, the input and the file, all of which
 * must agree where more than one names it.
 *
 * @throws KnownError with the code of the flaw; DIGEST_CONFLICT
 */
export function expectedDigests(
  images: readonly ImageReference[],
  sources: DigestSources,
): readonly Digest[] {
  const named = namedDigests(sources)
  if (named.length === 0 && images.some(({ digest }) => digest === undefined)) {
    throw new KnownError(
      'DIGEST_EMPTY',
      'no digest: the inputs digest and digest-file are empty, and an image names none',
      { hint: 'Look at the build step first: its digest output is empty when it did not finish.' },
    )
  }
  return images.map((image) => agree(image, named))
}

interface NamedDigest {
  readonly source: string
  readonly digest: Digest
}

function namedDigests({ digestText, digestFile, newerThan }: DigestSources): NamedDigest[] {
  const fromInput =
    digestText === ''
      ? []
      : [{ source: 'input digest', digest: demandDigest(digestText, 'input digest') }]
  if (digestFile === undefined) return fromInput
  const source = `digest file ${digestFile}`
  const text = readDigestFile(digestFile, newerThan)
  return [...fromInput, { source, digest: demandDigest(text, source) }]
}

function demandDigest(text: string, source: string): Digest {
  const digest = tryDigest(text)
  if (digest !== undefined) return digest
  const code = codeOfFlaw[findDigestFlaw(text) ?? 'form']
  throw new KnownError(code, `${source}: ${describeNonDigest(text)}`, {
    hint: 'Expected sha256:<64 lower-case hex digits>, exactly as kaniko-build writes it.',
  })
}

function agree(image: ImageReference, named: readonly NamedDigest[]): Digest {
  const own = image.digest === undefined ? [] : [{ source: image.text, digest: image.digest }]
  const all = [...own, ...named]
  const [first, ...others] = all
  if (first === undefined) throw new Error('an image without a digest was let through')
  if (others.every(({ digest }) => digest === first.digest)) return first.digest
  const list = all.map(({ source, digest }) => `${source} names ${digest}`).join('\n')
  throw new KnownError('DIGEST_CONFLICT', `the sources disagree:\n${list}`, {
    hint: 'Find out which build wrote which; give only the one of this job.',
  })
}
