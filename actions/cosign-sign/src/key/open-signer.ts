import { rmSync } from 'node:fs'
import { maskSecret, saveState } from '@tierseal/action-kit'
import { type FileHandle, unwrapKey } from '@tierseal/vault'
import { keyFilesState } from '../state.ts'
import {
  type EncryptedKey,
  type KeySource,
  readEnvironmentKey,
  readSecretFile,
} from './key-source.ts'
import { type PublicKey, refuseMismatch } from './public-key.ts'
import type { Signer } from './signer.ts'
import { transitSigner } from './transit-signer.ts'

export interface SignerOptions {
  readonly source: KeySource
  /** For a key given as a path or variable. */
  readonly password: string
  readonly expected: PublicKey | undefined
  readonly timeoutMs: number
}

/**
 * Opens the key, once, and proves that it is the tier's. A wrapped key is unwrapped here and a key file
 * of vault-fetch-key is removed here: from then on the key is in the memory of this process only.
 *
 * @throws KnownError VAULT_WRAPPING_SPENT: somebody else opened the handle; SIGN_KEY_*; SIGN_TRANSIT*
 */
export async function openSigner(options: SignerOptions): Promise<Signer> {
  const { source, expected, timeoutMs } = options
  const signer =
    source.kind === 'transit'
      ? await transitSigner(source, timeoutMs)
      : await openLocal(await readEncrypted(options, source))
  try {
    refuseMismatch(signer.publicKey, expected)
    return signer
  } catch (error) {
    await signer.close()
    throw error
  }
}

/** Lets post remove the key files of vault-fetch-key, also where the step ends before it has opened them. */
export function rememberKeyFiles(source: KeySource): void {
  if (source.kind === 'file') saveState(keyFilesState, filesOf(source).join('\n'))
}

async function openLocal(key: EncryptedKey): Promise<Signer> {
  // Loaded where they are needed: a key in transit needs neither a cipher nor a curve here.
  const { openPrivateKey } = await import(/* webpackMode: "eager" */ './private-key.ts')
  const { localSigner } = await import(/* webpackMode: "eager" */ './local-signer.ts')
  return localSigner(await openPrivateKey(key))
}

async function readEncrypted(
  { password, timeoutMs }: SignerOptions,
  source: Exclude<KeySource, { kind: 'transit' }>,
): Promise<EncryptedKey> {
  switch (source.kind) {
    case 'environment':
      return { pem: readEnvironmentKey(source.name), password, vault: false }
    case 'path':
      return { pem: readSecretFile(source.path), password, vault: false }
    case 'file':
      return takeKeyFiles(source)
    case 'wrapped': {
      const unwrapped = await unwrapKey(source, timeoutMs)
      maskSecret(unwrapped.privateKey)
      maskSecret(unwrapped.password)
      return { pem: unwrapped.privateKey, password: unwrapped.password, vault: true }
    }
  }
}

function takeKeyFiles(handle: FileHandle): EncryptedKey {
  const { path, passwordPath } = handle
  try {
    return { pem: readSecretFile(path), password: readSecretFile(passwordPath), vault: true }
  } finally {
    for (const file of filesOf(handle)) rmSync(file, { force: true })
  }
}

function filesOf({ path, passwordPath }: FileHandle): readonly string[] {
  return [path, passwordPath]
}
