import { createHash, generateKeyPairSync, randomBytes, verify } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { localSigner } from './local-signer.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

afterEach(() => {
  vi.restoreAllMocks()
})

// What makes a signature its own: two with the same r had the same nonce.
function rOf(signature: Buffer): string {
  const length = signature[3] ?? 0
  return signature.subarray(4, 4 + length).toString('hex')
}

test('makes signatures that OpenSSL verifies, over digests of any value', async () => {
  const signer = localSigner(privateKey)
  for (let round = 0; round < 100; round++) {
    const message = randomBytes(round)
    const digest = createHash('sha256').update(message).digest()
    expect(verify('sha256', message, publicKey, await signer.sign(digest))).toBe(true)
  }
})

test('signs the digest as it is given, all zeros and all ones too', async () => {
  const signer = localSigner(privateKey)
  const signatures = [0x00, 0xff].map((byte) => signer.sign(Buffer.alloc(32, byte)))
  expect(new Set((await Promise.all(signatures)).map(rOf)).size).toBe(2)
})

test('never uses a nonce twice, though the digest is the same', async () => {
  const signer = localSigner(privateKey)
  const digest = Buffer.alloc(32, 1)
  const nonces = new Set<string>()
  for (let round = 0; round < 50; round++) nonces.add(rOf(await signer.sign(digest)))
  expect(nonces.size).toBe(50)
})

test('uses another nonce for another digest, though the source of random bits is stuck', async () => {
  const signer = localSigner(privateKey)
  vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((bytes) => bytes)
  const [one, again, other] = [
    await signer.sign(Buffer.alloc(32, 1)),
    await signer.sign(Buffer.alloc(32, 1)),
    await signer.sign(Buffer.alloc(32, 2)),
  ]
  expect(rOf(again)).toBe(rOf(one))
  expect(rOf(other)).not.toBe(rOf(one))
})

test('signs nothing any more once it is closed: its copy of the key is zeros', async () => {
  const signer = localSigner(privateKey)
  await signer.close()
  await expect(signer.sign(Buffer.alloc(32, 1))).rejects.toThrow(/private key|secret/i)
})
