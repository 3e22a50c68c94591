import type { KeyObject } from 'node:crypto'
import { ecdsa, weierstrass } from '@noble/curves/abstract/weierstrass.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { publicKeyOf } from './public-key.ts'
import type { Signer } from './signer.ts'

// P-256 of SP 800-186, 3.2.1.3. The library's own file of curves makes all of them, with protocols that
// nobody here speaks: 20 ms of CPU more.
const curve = weierstrass({
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  h: 1n,
  a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
})

// The table that speeds up hundreds of signatures takes longer to make than our few take together.
curve.BASE.precompute(1)

const p256 = ecdsa(curve, sha256)

// cosign has hashed already. The nonce is of RFC 6979 with random bits mixed in (3.6), so that neither a
// weak source of random bits nor a fault that is repeated gives the key away.
const options = { prehash: false, extraEntropy: true, format: 'der' } as const

/**
 * A signer whose key is in this process. node:crypto signs messages only, and what there is to sign is
 * a digest (docs/decisions/0095-noble-curves-signs-digests.md).
 *
 * @throws KnownError, as proveKeyType does, where the key is not on P-256
 */
export function localSigner(key: KeyObject): Signer {
  const publicKey = publicKeyOf(key)
  const scalar = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url')
  return {
    publicKey,
    sign: async (digest) => Buffer.from(p256.sign(digest, scalar, options)),
    close: async () => void scalar.fill(0),
  }
}
