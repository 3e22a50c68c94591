import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadSite } from '@tierseal/tiers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPublicKeys } from './public-keys.ts'
import { SiteFolder } from './site-files/folder.ts'

const example = fileURLToPath(new URL('../../../examples/site/tiers.yaml', import.meta.url))
const { site } = loadSite('tiers.yaml', readFileSync(example, 'utf8'))

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierseal-test-keys-'))
  mkdirSync(join(folder, 'keys'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function record(tier: string, ...pems: readonly string[]): void {
  writeFileSync(join(folder, 'keys', `${tier}.pem`), pems.join(''))
}

function pemOf(key: KeyObject): string {
  const type = key.type === 'private' ? 'pkcs8' : 'spki'
  return key.export({ type, format: 'pem' }).toString()
}

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signer = (): string => pemOf(p256().publicKey)

function refusal(): { readonly code: string; readonly message: string } {
  try {
    readPublicKeys(site, new SiteFolder(folder))
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      return { code: String(error.code), message: error.message }
    throw error
  }
  return { code: 'none', message: '' }
}

test('reads one key of each tier, or two while a key is rotated', () => {
  record('dev', signer())
  record('prod', signer(), signer())
  const keys = readPublicKeys(site, new SiteFolder(folder))
  expect([...keys].map(([tier, all]) => [tier, all.length])).toEqual([
    ['dev', 1],
    ['prod', 2],
  ])
})

test('refuses two tiers that trust one key', () => {
  const key = signer()
  record('dev', key)
  record('prod', key)
  expect(refusal()).toEqual({
    code: 'PUBLIC_KEY_SHARED',
    message: 'keys/dev.pem and keys/prod.pem hold the same key',
  })
})

test('refuses the key of one tier beside the own key of another', () => {
  const key = signer()
  record('staging', signer(), key)
  record('prod', key)
  expect(refusal().message).toBe('keys/staging.pem and keys/prod.pem hold the same key')
})

test('knows a key again that is written in another way', () => {
  const { publicKey } = p256()
  const [x = '', y = ''] = [publicKey.export({ format: 'jwk' })].flatMap((jwk) => [jwk.x, jwk.y])
  const sign = Buffer.from(y, 'base64url').at(-1) ?? 0
  const compressed = Buffer.concat([
    Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
    Buffer.from([2 + (sign & 1)]),
    Buffer.from(x, 'base64url'),
  ])
  const body = compressed.toString('base64')
  record('dev', pemOf(publicKey))
  record('prod', `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`)
  expect(refusal().code).toBe('PUBLIC_KEY_SHARED')
})

test('refuses a record that names one key twice', () => {
  const key = signer()
  record('dev', key, key)
  expect(refusal()).toEqual({
    code: 'PUBLIC_KEY_INVALID',
    message: 'keys/dev.pem holds one key twice',
  })
})

test('refuses a private key in a record, and shows nothing of it', () => {
  const { publicKey, privateKey } = p256()
  record('dev', pemOf(publicKey), pemOf(privateKey))
  const { code, message } = refusal()
  expect({ code, message }).toEqual({
    code: 'PUBLIC_KEY_INVALID',
    message: 'keys/dev.pem holds a PRIVATE KEY',
  })
})

test.each([
  ['RSA of 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 }), /RSA of 1024/],
  ['X25519', () => generateKeyPairSync('x25519'), /x25519/],
  ['secp256k1', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), /secp256k1/],
])('refuses a key that cosign signs with nothing of: %s', (_, make, message) => {
  record('dev', pemOf(make().publicKey))
  expect(refusal()).toEqual({
    code: 'PUBLIC_KEY_INVALID',
    message: expect.stringMatching(message),
  })
})

test.each([
  ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['Ed25519', () => generateKeyPairSync('ed25519')],
  ['RSA of 2048 bits', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
])('takes %s', (_, make) => {
  record('dev', pemOf(make().publicKey))
  expect(refusal().code).toBe('none')
})

test('tells everything that is wrong with the records in one run', () => {
  const key = signer()
  record('dev', key)
  record('prod', key)
  record('staging', 'no key')
  expect(refusal().message.split('\n')).toEqual([
    'keys/staging.pem holds 0 public keys',
    'keys/dev.pem and keys/prod.pem hold the same key',
  ])
})
