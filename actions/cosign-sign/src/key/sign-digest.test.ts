import { createHash, generateKeyPairSync, randomBytes, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { numberOf, signDigest } from './sign-digest.ts'

test('makes signatures that OpenSSL verifies, over digests of any value', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const scalar = numberOf(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'))
  for (let round = 0; round < 300; round++) {
    const message = randomBytes(round)
    const digest = createHash('sha256').update(message).digest()
    expect(verify('sha256', message, publicKey, signDigest(digest, scalar))).toBe(true)
  }
})

test('gives the signature of RFC 6979 A.2.5 for its key and nonce', () => {
  const scalar = 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721n
  const k = 0xa6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60n
  const r = 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716'
  const s = 'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8'
  const digest = createHash('sha256').update('sample').digest()
  const signature = signDigest(digest, scalar, () => ({ k, x: BigInt(`0x${r}`) }))
  expect(signature.toString('hex')).toBe(`3046022100${r}022100${s}`)
})

test('never uses a nonce twice', () => {
  const digest = Buffer.alloc(32, 1)
  const signatures = Array.from({ length: 50 }, () => signDigest(digest, 7n).toString('hex'))
  expect(new Set(signatures).size).toBe(50)
})
