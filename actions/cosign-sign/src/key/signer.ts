import type { KeyObject } from 'node:crypto'
import { type PublicKey, publicKeyOf } from './public-key.ts'
import { numberOf, signDigest } from './sign-digest.ts'

/** Who signs, wherever the private key is. */
export interface Signer {
  readonly publicKey: PublicKey
  /** Signs a SHA-256 digest: ECDSA, in DER. */
  sign(digest: Buffer): Promise<Buffer>
  /** Gives back what was borrowed for it, such as a token. */
  close(): Promise<void>
}

/** A signer whose key is in this process. @throws KnownError SIGN_KEY_TYPE */
export function localSigner(key: KeyObject): Signer {
  const publicKey = publicKeyOf(key)
  const scalar = numberOf(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'))
  return {
    publicKey,
    sign: async (digest) => signDigest(digest, scalar),
    close: async () => undefined,
  }
}
