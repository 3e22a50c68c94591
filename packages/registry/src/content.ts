import { createHash } from 'node:crypto'
import { KnownError } from '@tierseal/errors'
import { type Digest, parseDigest } from '@tierseal/oci'

/** The digest of bytes that were received. */
export function contentDigest(bytes: Uint8Array): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
}

/**
 * Refuses content whose digest is not the one that was named.
 *
 * @throws KnownError REGISTRY_DIGEST_MISMATCH
 */
export function proveContent(actual: Digest, named: Digest | undefined, subject: string): void {
  if (named === undefined || named === actual) return
  throw new KnownError(
    'REGISTRY_DIGEST_MISMATCH',
    `${subject}: the registry gave ${actual} where ${named} was named`,
    { hint: 'Something between here and the storage changes content; do not sign from there.' },
  )
}
