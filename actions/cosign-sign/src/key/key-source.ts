import { readFileSync } from 'node:fs'
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
 * @throws KnownError HANDLE_INVALID; SIGN_KEY_FORM where the text of a key was given
 */
export function parseKeySource(text: string): KeySource {
  if (text.includes('PRIVATE KEY-----')) throw textGiven(text)
  if (looksLikeHandle(text)) return maskedHandle(text)
  if (!text.startsWith('env://')) return { kind: 'path', path: text }
  const name = text.slice('env://'.length)
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { kind: 'environment', name }
  throw new KnownError('SIGN_KEY_MISSING', `${JSON.stringify(text)} names no variable`, {
    hint: 'Write env://NAME, with NAME in the env of the step.',
  })
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
    throw new KnownError('SIGN_KEY_MISSING', `the key file cannot be read: ${messageOf(error)}`, {
      hint: 'A file of handover file is removed after its first use; prefer the handover wrapped.',
      cause: error,
    })
  }
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
