import { KnownError } from '@tierseal/errors'
import { type Digest, type DigestReference, type ImageReference, parseDigest } from '@tierseal/oci'
import { type NewerThan, readDigestFile } from './digest-file.ts'

/** A digest, and who says so. */
export interface NamedDigest {
  readonly source: string
  readonly digest: Digest
}

/** @throws KnownError what parseDigest and readDigestFile throw */
export function digestOfFile(path: string, newerThan: NewerThan): Digest {
  const text = readDigestFile(path, newerThan)
  try {
    return parseDigest(text)
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    const hint = error.hint === undefined ? {} : { hint: error.hint }
    throw new KnownError(error.code, `digest file ${path}: ${error.message}`, {
      ...hint,
      cause: error,
    })
  }
}

/**
 * Each image with the digest that it must have: that of its own reference and those that are named for
 * all, which must agree.
 *
 * @throws KnownError DIGEST_CONFLICT, with every image about which they do not
 */
export function withDigests(
  images: readonly ImageReference[],
  named: readonly NamedDigest[],
): readonly DigestReference[] {
  const conflicts = images.map((image) => sourcesOf(image, named)).filter(disagree)
  if (conflicts.length === 0) return images.map((image) => withDigest(image, named))
  const lines = conflicts.flat().map(({ source, digest }) => `${source} names ${digest}`)
  const list = [...new Set(lines)].join('\n')
  throw new KnownError('DIGEST_CONFLICT', `the sources disagree:\n${list}`, {
    hint: 'Find out which build wrote which; give only the one of this job.',
  })
}

function sourcesOf(image: ImageReference, named: readonly NamedDigest[]): readonly NamedDigest[] {
  const own = image.digest === undefined ? [] : [{ source: image.text, digest: image.digest }]
  return [...own, ...named]
}

function disagree(sources: readonly NamedDigest[]): boolean {
  return new Set(sources.map(({ digest }) => digest)).size > 1
}

function withDigest(image: ImageReference, named: readonly NamedDigest[]): DigestReference {
  const [first] = sourcesOf(image, named)
  if (first === undefined) throw new Error('an image without a digest was let through')
  return { ...image, digest: first.digest }
}
