import { encodeHandle } from '@tierseal/vault'
import { expect, test } from 'vitest'
import {
  parseKeySource,
  readEnvironmentKey,
  readSecretFile,
  refuseAbsentKey,
} from './key-source.ts'

const server = { address: 'https://vault.internal:8200', namespace: '', ca: '' }
const fields = { privateKey: 'private_key', password: 'password' }

test.each([
  {
    kind: 'wrapped',
    ...server,
    token: 'hvs.canary',
    creationPath: 'cosign/data/tiers/dev',
    expiresAt: 1_795_000_000_000,
    fields,
  },
  {
    kind: 'transit',
    ...server,
    token: 'hvs.canary',
    creationPath: 'auth/kubernetes/login',
    expiresAt: 1_795_000_000_000,
    mount: 'transit',
    key: 'dev',
    keyVersion: 1,
    expectedPolicies: [],
    siblings: [],
    denied: [],
  },
  { kind: 'file', path: '/dev/shm/key', passwordPath: '/dev/shm/password' },
] as const)('takes a handle of kind $kind', (handle) => {
  expect(parseKeySource(encodeHandle(handle))).toEqual(handle)
})

test('takes a variable and a path', () => {
  expect(parseKeySource('env://TIER_KEY')).toEqual({ kind: 'environment', name: 'TIER_KEY' })
  expect(parseKeySource('/run/secrets/cosign.key')).toEqual({
    kind: 'path',
    path: '/run/secrets/cosign.key',
  })
})

test('refuses the text of a key without quoting it', () => {
  const text = '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nCANARY\n-----END'
  expect(() => parseKeySource(text)).toThrow(expect.objectContaining({ code: 'SIGN_KEY_FORM' }))
  expect(() => parseKeySource(text)).not.toThrow(/CANARY/)
})

test('refuses the text of a key in base64 without quoting it', () => {
  const pem = '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nCANARY\n-----END'
  const text = btoa(pem)
  expect(() => parseKeySource(text)).toThrow(expect.objectContaining({ code: 'SIGN_KEY_FORM' }))
  expect(() => parseKeySource(text)).not.toThrow(text)
})

test.each(['env://', 'env://A B', 'env://A=B'])('refuses %s', (text) => {
  expect(() => parseKeySource(text)).toThrow(expect.objectContaining({ code: 'SIGN_KEY_MISSING' }))
})

test.each([
  ['hashivault://dev', 'hashivault:// is an address for cosign', 'handover: transit'],
  ['awskms:///alias/canary', 'awskms:// is an address', 'cosign does not reach keys'],
  ['pkcs11:token=dev;pin-value=canary', 'pkcs11: is an address', 'cosign does not reach keys'],
])('refuses %s and says what to do, but quotes no more of it', (text, message, hint) => {
  const parsing = (): unknown => parseKeySource(text)
  const said = { message: expect.stringContaining(message), hint: expect.stringContaining(hint) }
  expect(parsing).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', ...said }))
  expect(parsing).not.toThrow(/canary/)
})

test('knows before anything is asked that a key is not there', () => {
  const absent = expect.objectContaining({ code: 'SIGN_KEY_MISSING' })
  const check = (text: string) => (): void => refuseAbsentKey(parseKeySource(text))
  expect(check('/nowhere/cosign.key')).toThrow(absent)
  expect(check('env://TIERSEAL_TEST_UNSET')).toThrow(absent)
  expect(check('env://PATH')).not.toThrow()
  expect(check(import.meta.filename)).not.toThrow()
})

test('refuses a variable that is not set, as an empty secret leaves it', () => {
  expect(() => readEnvironmentKey('TIERSEAL_TEST_UNSET')).toThrow(/not set or empty/)
})

test('refuses a file that is not there', () => {
  expect(() => readSecretFile('/nowhere/cosign.key')).toThrow(
    expect.objectContaining({ code: 'SIGN_KEY_MISSING' }),
  )
})
