import { accessSync, constants, readFileSync } from 'node:fs'
import { maskSecret } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import { type KeyHandle, looksLikeHandle, parseHandle } from '@tierseal/vault'

/** Where the key is, as the input `key` says. */
export type KeySource =
  | KeyHandle
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'path'; readonly path: string }

/** A private key, still encrypted, with its password. */
export interface EncryptedKey {
  readonly pem: string
  readonly password: string
  /** Whether it came from Vault, and not from a file or variable of the site's own. */
  readonly vault: boolean
}

/**
 * Reads the input `key`, and masks what is secret in it first.
 *
 * @throws KnownError HANDLE_INVALID; SIGN_KEY_FORM where the text of a key was given; INPUT_INVALID for the address of
 *   a key elsewhere, as cosign takes them
 */
export function parseKeySource(text: string): KeySource {
  if (holdsKey(text)) throw textGiven(text)
  if (looksLikeHandle(text)) return maskedHandle(text)
  if (!text.startsWith('env://')) {
    refuseCosignReference(text)
    return { kind: 'path', path: text }
  }
  const name = text.slice('env://'.length)
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { kind: 'environment', name }
  throw new KnownError('SIGN_KEY_MISSING', `${JSON.stringify(text)} names no variable`, {
    hint: 'Write env://NAME, with NAME in the env of the step.',
  })
}

/**
 * Refuses a key of the site's own that is not there, before anything else is asked for it.
 *
 * @throws KnownError SIGN_KEY_MISSING
 */
export function refuseAbsentKey(source: KeySource): void {
  if (source.kind === 'environment') readEnvironmentKey(source.name)
  if (source.kind !== 'path') return
  try {
    accessSync(source.path, constants.R_OK)
  } catch (error) {
    throw unreadable(error)
  }
}

/** The key in a variable of the step. @throws KnownError SIGN_KEY_MISSING */
export function readEnvironmentKey(name: string): string {
  const pem = process.env[name] ?? ''
  maskSecret(pem)
  if (pem !== '') return pem
  throw new KnownError('SIGN_KEY_MISSING', `the variable ${name} is not set or empty`, {
    hint: `Set ${name} in the env of the step; an empty secret often means that its name is misspelt.`,
  })
}

/** A key or password in a file, masked. @throws KnownError SIGN_KEY_MISSING */
export function readSecretFile(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    maskSecret(text)
    return text
  } catch (error) {
    throw unreadable(error)
  }
}

function unreadable(error: unknown): KnownError {
  return new KnownError('SIGN_KEY_MISSING', `the key file cannot be read: ${messageOf(error)}`, {
    hint: 'Check the path. A file of handover file is removed after its first use; prefer the handover wrapped.',
    cause: error,
  })
}

// No more of it is quoted than its beginning: the address of a PKCS #11 token may hold the PIN.
function refuseCosignReference(text: string): void {
  const scheme = /^(?:[a-z][a-z0-9+.-]*:\/\/|pkcs11:)/.exec(text)?.[0]
  if (scheme === undefined) return
  const how = 'a handle of vault-fetch-key, the path of an encrypted key, or env://NAME'
  throw new KnownError('INPUT_INVALID', `${scheme} is an address for cosign, expected ${how}`, {
    hint:
      scheme === 'hashivault://'
        ? 'For a key in Vault that does not leave it, let vault-fetch-key hand it over (handover: transit), and pass its output key.'
        : 'cosign does not reach keys in other services from here: it gets signatures from this action.',
  })
}

// As it is or in base64, as sites keep it in a secret of one line: taken for a path, it would be quoted as one.
function holdsKey(text: string): boolean {
  return [text, Buffer.from(text, 'base64')].some((each) => each.includes('PRIVATE KEY-----'))
}

function maskedHandle(text: string): KeyHandle {
  const handle = parseHandle(text)
  if (handle.kind !== 'file') {
    maskSecret(text)
    maskSecret(handle.token)
  }
  return handle
}

function textGiven(text: string): KnownError {
  maskSecret(text)
  return new KnownError('SIGN_KEY_FORM', 'the input holds the text of a key, not where it is', {
    hint: 'Pass the handle of vault-fetch-key, or put the text into the env of the step and pass env://NAME.',
  })
}
