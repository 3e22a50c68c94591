import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { KnownError, messageOf, rotateRunbook } from '@tierseal/errors'
import { fingerprintOf } from '@tierseal/signing-key'
import { proveKeyType } from './key-type.ts'

/** A public key that signatures are checked with. */
export interface PublicKey {
  readonly pem: string
  readonly key: KeyObject
  /** `sha256:` and the SHA-256 of the DER form (SubjectPublicKeyInfo), in hex. */
  readonly fingerprint: string
}

/**
 * A public key from PEM text or from a path.
 *
 * @throws KnownError SIGN_KEY_PUBLIC, and what proveKeyType throws
 */
export function parsePublicKey(source: string): PublicKey {
  const text = source.includes('-----BEGIN') ? source : readText(source)
  if (text.includes('PRIVATE KEY')) throw invalid('it is a private key')
  try {
    return publicKeyOf(createPublicKey(text))
  } catch (error) {
    if (error instanceof KnownError) throw error
    throw invalid('it is not a public key in PEM', error)
  }
}

/** The public half of a key. @throws KnownError, as proveKeyType does, where it is not on P-256 */
export function publicKeyOf(key: KeyObject): PublicKey {
  proveKeyType(key)
  const publicKey = key.type === 'public' ? key : createPublicKey(key)
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return { pem, key: publicKey, fingerprint: fingerprintOf(publicKey) }
}

/**
 * Refuses a key that is not the other half of the tier's public key.
 *
 * @throws KnownError SIGN_KEY_MISMATCH
 */
export function refuseMismatch(actual: PublicKey, expected: PublicKey | undefined): void {
  if (expected === undefined || expected.fingerprint === actual.fingerprint) return
  throw new KnownError(
    'SIGN_KEY_MISMATCH',
    `the key belongs to the public key ${actual.fingerprint}, the tier's public key is ${expected.fingerprint}; nothing was signed`,
    {
      hint: `A rotation that stopped half-way (${rotateRunbook}), or the key of another tier: compare both with what Vault holds.`,
    },
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalid(`it is neither PEM nor a readable file: ${messageOf(error)}`, error)
  }
}

function invalid(flaw: string, cause?: unknown): KnownError {
  return new KnownError('SIGN_KEY_PUBLIC', `the public key cannot be used: ${flaw}`, {
    hint: 'Pass the output public-key of vault-fetch-key, with its BEGIN and END lines.',
    cause,
  })
}
