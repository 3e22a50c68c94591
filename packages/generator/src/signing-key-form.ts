import { createPublicKey, type KeyObject } from 'node:crypto'

// What sigstore's own check of public keys lets through; nothing else ever verified a signature of cosign.
const curves: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
}
const bits = { least: 2048, most: 4096 }

/** A public key that cosign can sign for. */
export interface VerifyingKey {
  /** PEM, SubjectPublicKeyInfo, in the one way that node writes it. */
  readonly pem: string
  /** The same for the same key, however its file encodes it. */
  readonly identity: string
}

/** @throws Error where the PEM is no public key, or one of a kind that cosign does not sign with */
export function verifyingKey(pem: string): VerifyingKey {
  const key = createPublicKey(pem)
  const flaw = flawOf(key)
  if (flaw !== undefined) {
    throw new Error(`${flaw}; expected P-256, P-384, P-521, Ed25519 or RSA of 2048 to 4096 bits`)
  }
  return {
    pem: key.export({ type: 'spki', format: 'pem' }).toString(),
    identity: JSON.stringify(key.export({ format: 'jwk' })),
  }
}

function flawOf({ asymmetricKeyType: type, asymmetricKeyDetails: of }: KeyObject) {
  if (type === 'ed25519') return undefined
  if (type === 'ec') {
    const curve = of?.namedCurve ?? 'an unnamed curve'
    return Object.hasOwn(curves, curve) ? undefined : `it is of the curve ${curve}`
  }
  if (type !== 'rsa') return `it is of the kind ${type ?? 'unknown'}, which signs no image`
  const length = of?.modulusLength ?? 0
  return length >= bits.least && length <= bits.most ? undefined : `it is RSA of ${length} bits`
}
