import { KnownError } from '@tierseal/errors'
import { AnswerTooLargeError, maxAnswerBytes } from '@tierseal/https'
import type { Digest } from '@tierseal/oci'

/** What is said of a blob. */
export interface Said {
  /** What the blob is called in messages. */
  readonly subject: string
  /** The size in bytes that its descriptor says. */
  readonly size: number
  /** The manifest that the descriptor stands in. */
  readonly manifest: Digest
}

/**
 * Refuses a blob that has another size than its descriptor says, as every client does that pulls it.
 *
 * @throws KnownError REGISTRY_SIZE_MISMATCH
 */
export function proveSize(bytes: number, said: Said): void {
  if (bytes !== said.size) throw mismatch(`${bytes} bytes`, said)
}

/** The failure of reading a blob: where it was too large to be read, what its descriptor says may be the cause. */
export function explainTooLarge(error: unknown, said: Said): unknown {
  if (!(error instanceof AnswerTooLargeError)) return error
  const { announcedBytes } = error
  if (announcedBytes !== undefined && announcedBytes !== said.size) {
    return mismatch(`${announcedBytes} bytes`, said, error)
  }
  const most = `over ${maxAnswerBytes / 1024 / 1024} MiB`
  return said.size <= maxAnswerBytes ? mismatch(most, said, error) : error
}

function mismatch(seen: string, { subject, size, manifest }: Said, cause?: unknown): KnownError {
  return new KnownError(
    'REGISTRY_SIZE_MISMATCH',
    `${subject}: its descriptor in manifest ${manifest} says ${size} bytes, and the registry serves ${seen}`,
    { hint: `Push again what ${manifest} belongs to, or delete that manifest.`, cause },
  )
}
