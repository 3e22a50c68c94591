import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { log } from '@tierseal/action-kit'
import { parseDigest, parseImageReference } from '@tierseal/oci'
import { afterEach, expect, test, vi } from 'vitest'
import { parseNewerThan } from './digest-file.ts'
import { digestOfFile, withDigests } from './expected-digest.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const other = `sha256:${'f'.repeat(64)}`
const image = parseImageReference('registry.internal:5000/dev/app')
const directory = mkdtempSync(join(tmpdir(), 'tierseal-digest-'))

afterEach(() => vi.unstubAllEnvs())

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(directory, 'f-')), 'digest')
  writeFileSync(path, text)
  return path
}

function fromFile(digestFile: string, newerThan = 'any') {
  return digestOfFile(digestFile, parseNewerThan(newerThan))
}

function named(...digests: readonly string[]) {
  return digests.map((text, at) => ({ source: `source ${at}`, digest: parseDigest(text) }))
}

test('takes the digest of the file to the letter', () => {
  expect(fromFile(fileWith(digest))).toBe(digest)
})

test.each([
  ['an empty file', '', 'DIGEST_EMPTY'],
  ['white space only', '  \n', 'DIGEST_WHITE_SPACE'],
  ['a newline at the end', `${digest}\n`, 'DIGEST_WHITE_SPACE'],
  ['a truncated digest', digest.slice(0, -1), 'DIGEST_TRUNCATED'],
  ['the algorithm alone', 'sha256:', 'DIGEST_INVALID'],
  ['another algorithm', `sha512:${'0'.repeat(128)}`, 'DIGEST_ALGORITHM'],
  ['upper-case digits', digest.toUpperCase().replace('SHA', 'sha'), 'DIGEST_UPPER_CASE'],
  ['an upper-case algorithm', digest.replace('sha', 'SHA'), 'DIGEST_ALGORITHM'],
  ['a digest that is too long', `${digest}0`, 'DIGEST_INVALID'],
  ['characters that are no hex digits', digest.replace('0', 'g'), 'DIGEST_INVALID'],
  ['a whole reference', `registry/app@${digest}`, 'DIGEST_INVALID'],
])('refuses %s as %s', (_what, text, code) => {
  expect(() => fromFile(fileWith(text))).toThrow(expect.objectContaining({ code }))
})

test('refuses a missing file as DIGEST_FILE_MISSING', () => {
  const code = 'DIGEST_FILE_MISSING'
  expect(() => fromFile(join(directory, 'absent'))).toThrow(expect.objectContaining({ code }))
})

test('refuses a folder and a huge file as DIGEST_FILE_UNREADABLE', () => {
  const code = 'DIGEST_FILE_UNREADABLE'
  expect(() => fromFile(directory)).toThrow(expect.objectContaining({ code }))
  expect(() => fromFile(fileWith('0'.repeat(5000)))).toThrow(expect.objectContaining({ code }))
})

test('refuses a file that is older than the start of the job as DIGEST_STALE', () => {
  const path = fileWith(digest)
  const event = fileWith('{}')
  utimesSync(path, new Date('2026-01-01T00:00:00Z'), new Date('2026-01-01T00:00:00Z'))
  utimesSync(event, new Date('2026-01-02T00:00:00Z'), new Date('2026-01-02T00:00:00Z'))
  vi.stubEnv('GITHUB_EVENT_PATH', event)
  expect(() => fromFile(path, 'job')).toThrow(expect.objectContaining({ code: 'DIGEST_STALE' }))
  expect(() => fromFile(path, event)).toThrow(expect.objectContaining({ code: 'DIGEST_STALE' }))
  expect(() => fromFile(path, '2026-01-01T00:00:05Z')).toThrow(
    expect.objectContaining({ code: 'DIGEST_STALE' }),
  )
  expect(fromFile(path, '2025-12-31T00:00:00Z')).toBe(digest)
  expect(fromFile(path, 'any')).toBe(digest)
})

test('says that nothing is checked where the runner does not tell when the job began', () => {
  vi.stubEnv('GITHUB_EVENT_PATH', undefined)
  const path = fileWith(digest)
  utimesSync(path, new Date(0), new Date(0))
  const warning = vi.spyOn(log, 'warning').mockImplementation(() => {})
  expect(fromFile(path, 'job')).toBe(digest)
  expect(warning.mock.calls).toEqual([[expect.stringMatching(/newer-than: job is not checked/)]])
})

test('refuses a newer-than that is no time and no file', () => {
  expect(() => parseNewerThan('yesterday')).toThrow(/neither job, any, a date and time nor a file/)
})

test('refuses two sources that disagree as DIGEST_CONFLICT, naming both', () => {
  expect(() => withDigests([image], named(digest, other))).toThrow(
    expect.objectContaining({
      code: 'DIGEST_CONFLICT',
      message: expect.stringContaining(`source 1 names ${other}`),
    }),
  )
})

test('refuses an image whose own digest is not the one of the build', () => {
  const own = parseImageReference(`registry.internal:5000/dev/app@${other}`)
  expect(() => withDigests([own], named(digest))).toThrow(
    expect.objectContaining({ code: 'DIGEST_CONFLICT' }),
  )
})

test('names every image that disagrees, not the first alone', () => {
  const own = ['one', 'two'].map((name) => parseImageReference(`r.internal/${name}@${other}`))
  expect(() => withDigests(own, named(digest))).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/r\.internal\/one@[\s\S]*r\.internal\/two@/),
    }),
  )
})

test('gives an image its own digest where no other source names one', () => {
  const own = parseImageReference(`registry.internal:5000/dev/app@${other}`)
  expect(withDigests([own], []).map((each) => each.digest)).toEqual([other])
  expect(withDigests([image], named(digest, digest)).map((each) => each.digest)).toEqual([digest])
})
