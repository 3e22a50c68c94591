import type { PublicKey } from './public-key.ts'

/** Who signs, wherever the private key is. */
export interface Signer {
  readonly publicKey: PublicKey
  /** Signs a SHA-256 digest: ECDSA, in DER. */
  sign(digest: Buffer): Promise<Buffer>
  /** Gives back what was borrowed for it, such as a token. */
  close(): Promise<void>
}
