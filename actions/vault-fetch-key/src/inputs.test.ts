import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readFetchInputs } from './inputs.ts'

const defaults = {
  'vault-address': 'https://vault.internal:8200',
  'auth-mount': 'kubernetes',
  role: 'ci-signer-dev',
  'token-file': '/var/run/secrets/vault/token',
  audience: 'vault',
  handover: 'wrapped',
  'handle-ttl-seconds': '60',
  'kv-mount': 'cosign',
  'kv-version': '2',
  'secret-path': 'tiers/dev',
  'private-key-field': 'private_key',
  'password-field': 'password',
  'public-key-field': 'public_key',
  'version-field': 'version',
  'transit-mount': 'transit',
  'key-directory': '/dev/shm',
  'timeout-seconds': '30',
}

beforeEach(() => given(defaults))
afterEach(() => vi.unstubAllEnvs())

function given(inputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(inputs)) {
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value)
  }
}

test('reports bad single inputs and bad combinations of good ones in one run', () => {
  given({ 'vault-address': 'http://vault.internal', 'kv-version': '3', 'secret-path': '' })
  expect(readFetchInputs).toThrow(
    expect.objectContaining({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(
        /^input vault-address: .*\ninput kv-version: .*\ninput secret-path: it is required with handover wrapped$/,
      ),
    }),
  )
})

test('wants the name of the key with handover transit, and its path with the others', () => {
  given({ handover: 'transit', 'secret-path': '' })
  expect(readFetchInputs).toThrow('input transit-key: it is required with handover transit')
  given({ 'transit-key': 'dev' })
  expect(readFetchInputs().transitKey).toBe('dev')
  given({ handover: 'file' })
  expect(readFetchInputs).toThrow('input secret-path: it is required with handover file')
})

test('lets no handle be opened for longer than 15 minutes', () => {
  given({ 'handle-ttl-seconds': '900' })
  expect(readFetchInputs().handleTtlMs).toBe(900_000)
  given({ 'handle-ttl-seconds': '999999' })
  expect(readFetchInputs).toThrow('"999999" is not a whole number of seconds from 1 to 900')
})

test('siblings of a transit key are keys, and paths of secrets where they have a slash', () => {
  given({ 'sibling-paths': 'tiers/prod\nrelease' })
  expect(readFetchInputs().siblings).toEqual({
    transitKeys: [],
    secretPaths: ['tiers/prod', 'release'],
  })
  given({ handover: 'transit', 'transit-key': 'dev' })
  expect(readFetchInputs().siblings).toEqual({
    transitKeys: ['release'],
    secretPaths: ['tiers/prod'],
  })
})

test('refuses a token in the place of its file without quoting it', () => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOlsidmF1bHQiXX0.CANARY-signature'
  given({ 'token-file': token })
  expect(readFetchInputs).toThrow(
    expect.objectContaining({
      code: 'VAULT_JWT_UNREADABLE',
      message: 'input token-file: it holds a token, expected the path of the file that holds it',
    }),
  )
  expect(out).toHaveBeenCalledWith(`::add-mask::${token}\n`)
  out.mockRestore()
})
