import { expect, test } from 'vitest'
import { parseDestination } from '../destination.ts'
import { digestOfEvidence } from './evidence.ts'

const digest = `sha256:${'a'.repeat(64)}`
const other = `sha256:${'b'.repeat(64)}`
const destinations = ['r.internal/app:1', 'r.internal/app:2'].map(parseDestination)

function record(...pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${JSON.stringify({ name, digest: value })}\n`).join('')
}

const good = record(['r.internal/app:1', digest], ['r.internal/app:2', digest])

test('gives the digest that file and record agree on', () => {
  const evidence = { digestText: digest, pushRecord: good }
  expect(digestOfEvidence(evidence, destinations, true)).toBe(digest)
})

test.each([
  ['no digest file', undefined, good, 'BUILD_DIGEST_MISSING'],
  ['an empty digest file', '', good, 'BUILD_DIGEST_MISSING'],
  ['a digest with a newline', `${digest}\n`, good, 'DIGEST_WHITE_SPACE'],
  ['no record of a push', digest, undefined, 'BUILD_RECORD_MISMATCH'],
  ['an empty record', digest, '', 'BUILD_RECORD_MISMATCH'],
  [
    'a record of one destination only',
    digest,
    record(['r.internal/app:1', digest]),
    'BUILD_RECORD_MISMATCH',
  ],
  [
    'a record of a cache push',
    digest,
    record(['r.internal/cache:abc', digest]),
    'BUILD_RECORD_MISMATCH',
  ],
  ['a record of another digest', other, good, 'BUILD_RECORD_MISMATCH'],
  ['a record that is no JSON', digest, 'Pushed', 'BUILD_RECORD_MISMATCH'],
])('refuses %s', (_what, digestText, pushRecord, code) => {
  expect(() => digestOfEvidence({ digestText, pushRecord }, destinations, true)).toThrow(
    expect.objectContaining({ code }),
  )
})

test('does without a record only where the executor has none', () => {
  const evidence = { digestText: digest, pushRecord: undefined }
  expect(digestOfEvidence(evidence, destinations, false)).toBe(digest)
})
