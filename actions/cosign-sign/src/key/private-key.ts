import { createPrivateKey, type KeyObject, type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { KnownError } from '@tierseal/errors'
import { findPrivateKeyFlaw, provePrivateKeyForm } from '@tierseal/vault'
import { type Envelope, parseEnvelope } from './envelope.ts'
import type { EncryptedKey } from './key-source.ts'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/**
 * Decrypts a key that cosign encrypted. It takes the fifth of a second that the format wants
 * (scrypt), in a thread of its own.
 *
 * @throws KnownError VAULT_PRIVATE_KEY_FORM, SIGN_KEY_FORM, SIGN_KEY_PASSWORD
 */
export async function openPrivateKey({ pem, password, vault }: EncryptedKey): Promise<KeyObject> {
  if (vault) provePrivateKeyForm(pem)
  else proveForm(pem)
  const envelope = parseEnvelope(pem)
  const der = await decrypt(envelope, password)
  if (der === undefined) throw await explainPassword(envelope, password)
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  } catch {
    // The cause is left out: it could describe parts of the key.
    throw new KnownError('SIGN_KEY_FORM', 'the key decrypts, but to something that is no key', {
      hint: 'Store the file cosign.key again, byte for byte.',
    })
  } finally {
    der.fill(0)
  }
}

// On a site that keeps its key elsewhere, a remedy with a command of Vault would mislead.
function proveForm(pem: string): void {
  const flaw = findPrivateKeyFlaw(pem)
  if (flaw === undefined) return
  throw new KnownError('SIGN_KEY_FORM', `the private key cannot be used: ${flaw}`, {
    hint: 'Give the file cosign.key byte for byte, with its BEGIN and END lines.',
  })
}

async function decrypt(envelope: Envelope, password: string): Promise<Uint8Array | undefined> {
  const { cost, salt, nonce, ciphertext } = envelope
  const key = await derive(password, salt, 32, { ...cost, maxmem: 256 * 1024 * 1024 })
  try {
    return xsalsa20poly1305(key, nonce).decrypt(ciphertext)
  } catch {
    return undefined
  } finally {
    key.fill(0)
  }
}

async function explainPassword(envelope: Envelope, password: string): Promise<KnownError> {
  const hint = 'Store the password as it was typed; for a key without one, store the empty string.'
  if (password === '') {
    return new KnownError('SIGN_KEY_PASSWORD', 'the key has a password, and none was given', {
      hint,
    })
  }
  const trimmed = password.replace(/[\r\n]+$/, '')
  const opens = trimmed !== password && (await decrypt(envelope, trimmed)) !== undefined
  const flaw = opens
    ? 'it ends with a line break, without which it would be right'
    : 'it is another one'
  return new KnownError('SIGN_KEY_PASSWORD', `the password does not open the key: ${flaw}`, {
    hint,
  })
}
