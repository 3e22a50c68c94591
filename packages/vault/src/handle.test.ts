import { KnownError } from '@tierseal/errors'
import { describe, expect, test } from 'vitest'
import { encodeHandle, type KeyHandle, parseHandle } from './handle.ts'

const server = { address: 'https://vault.internal:8200', namespace: '', ca: '' }
const token = 's.CANARY-wrapping-token'
const fields = { privateKey: 'private_key', password: 'password' }
const creationPath = 'cosign/data/tiers/dev'
const expiresAt = Date.UTC(2026, 10, 26)

const handles: readonly KeyHandle[] = [
  { kind: 'wrapped', ...server, token, creationPath, expiresAt, fields },
  {
    kind: 'transit',
    ...server,
    token,
    creationPath: 'auth/kubernetes/login',
    expiresAt,
    mount: 'transit',
    key: 'dev',
    keyVersion: undefined,
    expectedPolicies: ['transit-dev'],
    siblings: ['prod'],
    denied: ['cosign/data/tiers/prod'],
  },
  { kind: 'file', path: '/dev/shm/x/cosign.key', passwordPath: '/dev/shm/x/cosign.password' },
]

const encoded = (json: unknown): string =>
  `tierseal:v1:${Buffer.from(JSON.stringify(json)).toString('base64url')}`

function refusal(text: string): KnownError {
  try {
    parseHandle(text)
  } catch (error) {
    if (error instanceof KnownError) return error
    throw error
  }
  throw new Error('the handle was accepted')
}

describe('a key handle', () => {
  test.each(handles)('of kind $kind survives the way through an output', (handle) => {
    const text = encodeHandle(handle)
    expect(text).toMatch(/^tierseal:v1:[A-Za-z0-9_-]+$/)
    expect(parseHandle(text)).toEqual(handle)
  })

  test.each([
    ['an empty text', ''],
    ['a path', '/dev/shm/cosign.key'],
    ['another version', encodeHandle(handles[2] ?? expect.fail()).replace(':v1:', ':v2:')],
    ['an unknown kind', encoded({ kind: 'telepathy', ...server, token })],
    ['no kind', encoded({})],
    ['an array', encoded([])],
    ['a cut handle', encodeHandle(handles[0] ?? expect.fail()).slice(0, 60)],
    [
      'a wrapped handle without token',
      encoded({ kind: 'wrapped', ...server, creationPath, fields }),
    ],
    ['a wrapped handle with an empty token', encoded({ ...handles[0], token: '' })],
    ['a wrapped handle without fields', encoded({ ...handles[0], fields: undefined })],
    ['a wrapped handle without an end', encoded({ ...handles[0], expiresAt: undefined })],
    ['a transit handle with a text as its end', encoded({ ...handles[1], expiresAt: '60s' })],
    ['a transit handle with a text as version', encoded({ ...handles[1], keyVersion: '1' })],
    [
      'a transit handle that does not say what to check',
      encoded({ ...handles[1], siblings: undefined }),
    ],
    ['a transit handle with a number as policy', encoded({ ...handles[1], expectedPolicies: [1] })],
    ['a file handle without a password file', encoded({ kind: 'file', path: '/x' })],
  ])('is refused: %s', (_, text) => {
    expect(refusal(text).code).toBe('HANDLE_INVALID')
  })

  test('never quotes its token in a refusal', () => {
    const broken = `tierseal:v1:${Buffer.from(`{"kind":"wrapped","token":"${token}"`).toString('base64url')}`
    const { message, hint, cause } = refusal(broken)
    expect(`${message}${hint}${String(cause)}`).not.toContain('CANARY')
  })
})
