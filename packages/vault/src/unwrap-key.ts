import { KnownError } from '@tierseal/errors'
import { loadCertificateAuthority } from '@tierseal/https'
import { parseVaultAddress } from './address.ts'
import { type Login, parseLogin } from './answer.ts'
import { VaultClient } from './client.ts'
import type { HandleServer, TransitHandle, WrappedHandle } from './handle.ts'
import { type JsonRecord, recordOf, textOf } from './json.ts'
import type { VaultSession } from './session.ts'

/** The key as it came out of Vault: mask both before anything else. */
export interface UnwrappedKey {
  readonly privateKey: string
  /** May be empty. */
  readonly password: string
}

/** The client for the server that a handle names. Close it after use. */
export function clientOf(server: HandleServer, timeoutMs: number): VaultClient {
  const { address, namespace, ca } = server
  return new VaultClient({
    address: parseVaultAddress(address),
    namespace,
    ca: ca === '' ? undefined : loadCertificateAuthority(ca),
    timeoutMs,
  })
}

/**
 * Opens a wrapped handle: proves first that its token was made by the read that the handle names, then
 * takes the key out, which can be done once.
 *
 * @throws KnownError VAULT_WRAPPING_SPENT where it was opened before: the alarm that somebody else did
 * @throws KnownError VAULT_WRAPPING_FOREIGN, VAULT_FIELD_MISSING, and what requests throw
 */
export async function unwrapKey(handle: WrappedHandle, timeoutMs: number): Promise<UnwrappedKey> {
  const client = clientOf(handle, timeoutMs)
  try {
    await proveOrigin(client, handle)
    const { data } = await client.unwrap(handle.token, handle.creationPath)
    // The answer of KV version 2 has its values one level deeper.
    const values = recordOf(data, 'metadata') === undefined ? data : recordOf(data, 'data')
    const { privateKey, password } = handle.fields
    return { privateKey: fieldOf(values, privateKey), password: textOf(values, password) ?? '' }
  } finally {
    client.close()
  }
}

/** A login that was held back: the one who opens it must revoke it. */
export interface TransitLogin {
  /** Close it after the session is revoked. */
  readonly client: VaultClient
  readonly session: VaultSession
  /** Mask its token before anything else. */
  readonly login: Login
}

/**
 * Opens a transit handle.
 *
 * @throws KnownError VAULT_WRAPPING_SPENT, VAULT_WRAPPING_FOREIGN, and what requests throw
 */
export async function openTransitLogin(
  handle: TransitHandle,
  timeoutMs: number,
): Promise<TransitLogin> {
  const client = clientOf(handle, timeoutMs)
  try {
    await proveOrigin(client, handle)
    const login = parseLogin(await client.unwrap(handle.token))
    return { client, session: client.session(login.token), login }
  } catch (error) {
    client.close()
    throw error
  }
}

/** A field of a secret as text. @throws KnownError VAULT_FIELD_MISSING, naming the fields there are */
export function fieldOf(values: JsonRecord | undefined, name: string): string {
  const value = textOf(values, name)
  if (value !== undefined && value !== '') return value
  const fields = Object.keys(values ?? {})
  const there = fields.length === 0 ? 'it has none' : `it has ${fields.join(', ')}`
  const flaw = values?.[name] === undefined ? 'has no field' : 'has an empty or non-text field'
  throw new KnownError('VAULT_FIELD_MISSING', `the secret ${flaw} ${name}: ${there}`, {
    hint: 'Check the names of the fields, and whether the secret was written whole.',
  })
}

async function proveOrigin(
  client: VaultClient,
  { token, creationPath }: { token: string; creationPath: string },
): Promise<void> {
  const found = await client.lookupWrapping(token)
  if (found.creationPath === creationPath) return
  throw new KnownError(
    'VAULT_WRAPPING_FOREIGN',
    `the wrapping token was made by ${found.creationPath}, not by ${creationPath}`,
    {
      hint: 'Somebody put another token in its place: see the audit log of Vault and rotate the key.',
    },
  )
}
