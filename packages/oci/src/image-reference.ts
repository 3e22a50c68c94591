import { KnownError } from '@tierseal/errors'
import { type Digest, parseDigest } from './digest.ts'
import { parseRepository, type Repository } from './repository.ts'

/** An image as it was written: a repository with a tag, a digest, or both. */
export interface ImageReference {
  readonly repository: Repository
  readonly tag: string | undefined
  readonly digest: Digest | undefined
  /** `registry/path`, without tag and digest. */
  readonly name: string
  /** The reference exactly as it was given. */
  readonly text: string
}

/** A reference that cannot move: it names its digest. */
export interface DigestReference extends ImageReference {
  readonly digest: Digest
}

const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/

/**
 * Reads `host[:port]/path[:tag][@digest]`.
 *
 * @throws KnownError REFERENCE_INVALID, and what parseDigest throws
 */
export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf('@')
  const named = at === -1 ? text : text.slice(0, at)
  const digest = at === -1 ? undefined : digestOf(text, text.slice(at + 1))
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const name = colon === -1 ? named : named.slice(0, colon)
  const repository = parseRepository(name)
  const tag = colon === -1 ? undefined : parseTag(text, named.slice(colon + 1))
  return { repository, tag, digest, name, text }
}

/**
 * Reads a reference that must name its digest.
 *
 * @throws KnownError REFERENCE_IS_TAG where it names only a tag, or nothing
 */
export function parseDigestReference(text: string): DigestReference {
  const reference = parseImageReference(text)
  const { digest } = reference
  if (digest !== undefined) return { ...reference, digest }
  throw new KnownError('REFERENCE_IS_TAG', `${JSON.stringify(text)} names no digest`, {
    hint: 'Give repository@sha256:<digest>; a tag can move between two steps.',
  })
}

function digestOf(text: string, digest: string): Digest {
  try {
    return parseDigest(digest)
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    const hint = error.hint === undefined ? {} : { hint: error.hint }
    const message = `in ${JSON.stringify(text)}: ${error.message}`
    throw new KnownError(error.code, message, { ...hint, cause: error })
  }
}

function parseTag(text: string, tag: string): string {
  if (tagPattern.test(tag)) return tag
  throw new KnownError(
    'REFERENCE_INVALID',
    `in ${JSON.stringify(text)}: ${JSON.stringify(tag)} is not a tag`,
  )
}
