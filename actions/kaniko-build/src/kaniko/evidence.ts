import { KnownError, messageOf } from '@tierseal/errors'
import { type Digest, parseDigest, tryDigest } from '@tierseal/oci'
import type { Destination } from '../build-request.ts'
import type { KanikoEvidence } from '../executors/executor.ts'

interface PushRecord {
  readonly name: string
  readonly digest: string
}

/**
 * The digest that a successful kaniko run gives, proven against its own record of its pushes: the digest
 * file alone is written before the push, and by cache pushes too (facts: kaniko.md 1).
 *
 * @throws KnownError BUILD_DIGEST_MISSING, BUILD_RECORD_MISMATCH, DIGEST_*
 */
export function digestOfEvidence(
  { digestText, pushRecord }: KanikoEvidence,
  destinations: readonly Destination[],
  recordsPushes: boolean,
): Digest {
  if (digestText === undefined || digestText === '') {
    throw new KnownError('BUILD_DIGEST_MISSING', 'kaniko ended with 0 and wrote no digest file')
  }
  const digest = parseDigest(digestText)
  if (recordsPushes) proveRecord(digest, pushRecord, destinations)
  return digest
}

function proveRecord(
  digest: Digest,
  pushRecord: string | undefined,
  destinations: readonly Destination[],
): void {
  if (pushRecord === undefined) throw mismatch('it recorded no push, though it ended with 0')
  const records = pushRecord
    .split('\n')
    .filter((line) => line !== '')
    .map(parseRecord)
  for (const { text } of destinations) {
    const record = records.find(({ name }) => name === text)
    if (record === undefined) throw mismatch(`it recorded no push to ${text}`)
    if (tryDigest(record.digest) !== digest) {
      throw mismatch(`it recorded ${record.digest} for ${text}, and ${digest} in the digest file`)
    }
  }
}

function parseRecord(line: string): PushRecord {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && 'name' in value && 'digest' in value) {
      return { name: String(value.name), digest: String(value.digest) }
    }
  } catch (error) {
    throw mismatch(`its record is not readable: ${messageOf(error)}`)
  }
  throw mismatch('its record names no image')
}

function mismatch(detail: string): KnownError {
  return new KnownError('BUILD_RECORD_MISMATCH', `kaniko's record of its pushes: ${detail}`, {
    hint: 'Do not use this image. Build again; a cache repository is the first suspect.',
  })
}
