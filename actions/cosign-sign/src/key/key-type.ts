import type { KeyObject } from 'node:crypto'
import { type Code, KnownError } from '@tierseal/errors'

/**
 * Proves that a key, public or private, is ECDSA on P-256. `cosign import-key-pair` also takes RSA,
 * P-384, P-521 and Ed25519 (seen with 2.6.5 and 3.1.3): each is refused by its name.
 *
 * @throws KnownError SIGN_KEY_RSA, SIGN_KEY_CURVE, SIGN_KEY_ED25519, SIGN_KEY_TYPE
 */
export function proveKeyType(key: KeyObject): void {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details = {} } = key
  const { namedCurve = 'unknown', modulusLength } = details
  if (type === 'ec' && namedCurve === 'prime256v1') return
  if (type === 'rsa') throw refusal('SIGN_KEY_RSA', `RSA of ${modulusLength} bits`)
  if (type === 'ec') throw refusal('SIGN_KEY_CURVE', `ECDSA on ${curves[namedCurve] ?? namedCurve}`)
  if (type === 'ed25519') throw refuseEd25519()
  throw refusal('SIGN_KEY_TYPE', `of type ${type}`)
}

/** The refusal of a key that says of itself what it is, as Vault's do. */
export function refuseEd25519(): KnownError {
  return refusal('SIGN_KEY_ED25519', 'Ed25519')
}

// What OpenSSL calls the curves that cosign takes.
const curves: Readonly<Record<string, string>> = { secp384r1: 'P-384', secp521r1: 'P-521' }

function refusal(code: Code, found: string): KnownError {
  return new KnownError(
    code,
    `the key is ${found}; a tier signs with ECDSA on P-256. Nothing was signed`,
    {
      hint: 'cosign import-key-pair takes other keys too, but the policies are made for P-256 with SHA-256. Make a key with cosign generate-key-pair, or in transit with type=ecdsa-p256, and admit both public keys while you change over.',
    },
  )
}
