import { KnownError } from '@tierseal/errors'
import { parseImageReference } from '@tierseal/oci'
import type { Destination } from './build-request.ts'

/**
 * Reads `host[:port]/path:tag`.
 *
 * @throws KnownError REFERENCE_INVALID, also for a missing tag or a digest
 */
export function parseDestination(text: string): Destination {
  const { repository, tag, digest, name } = parseImageReference(text)
  if (digest === undefined && tag !== undefined) return { repository, tag, name, text }
  const flaw = digest === undefined ? 'names no tag' : 'names a digest, which the build gives'
  throw new KnownError('REFERENCE_INVALID', `destination ${JSON.stringify(text)} ${flaw}`, {
    hint: 'Write host[:port]/path:tag; a tag with the commit in it stays unique.',
  })
}
