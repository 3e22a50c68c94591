import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { parsePublicKey, publicKeyOf, refuseMismatch } from './public-key.ts'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()

test('reads a public key and knows the private key behind it', () => {
  const key = parsePublicKey(pem)
  expect(key.pem).toBe(pem)
  expect(publicKeyOf(pair.privateKey).fingerprint).toBe(key.fingerprint)
  expect(() => refuseMismatch(publicKeyOf(pair.privateKey), key)).not.toThrow()
})

test("refuses a private key that is not the one behind the tier's public key", () => {
  const other = publicKeyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  const refuse = (): void => refuseMismatch(other, parsePublicKey(pem))
  expect(refuse).toThrow(expect.objectContaining({ code: 'SIGN_KEY_MISMATCH' }))
  expect(refuse).toThrow(/nothing was signed/)
})

test.each([
  [
    'a private key',
    pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'SIGN_KEY_PUBLIC',
  ],
  [
    'what is no key',
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
    'SIGN_KEY_PUBLIC',
  ],
  ['a path that is not there', '/nowhere/cosign.pub', 'SIGN_KEY_PUBLIC'],
  ['RSA', spki(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey), 'SIGN_KEY_RSA'],
  [
    'another curve',
    spki(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
    'SIGN_KEY_CURVE',
  ],
  ['Ed25519', spki(generateKeyPairSync('ed25519').publicKey), 'SIGN_KEY_ED25519'],
  ['what cosign knows not', spki(generateKeyPairSync('x25519').publicKey), 'SIGN_KEY_TYPE'],
])('refuses %s', (_, source, code) => {
  expect(() => parsePublicKey(source)).toThrow(expect.objectContaining({ code }))
})

function spki(key: typeof pair.publicKey): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
