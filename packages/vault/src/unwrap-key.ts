import { KnownError } from '@tierseal/errors'
import { loadCertificateAuthority } from '@tierseal/https'
import { parseVaultAddress } from './address.ts'
import { type Login, parseLogin } from './answer.ts'
import { VaultClient } from './client.ts'
import type { HeldBack, TransitHandle, WrappedHandle } from './handle.ts'
import { type JsonRecord, recordOf, textOf } from './json.ts'
import { openHeldBack } from './open-held-back.ts'
import type { VaultSession } from './session.ts'

/** The key as it came out of Vault: mask both before anything else. */
export interface UnwrappedKey {
  readonly privateKey: string
  /** May be empty. */
  readonly password: string
}

/**
 * Opens a wrapped handle, which can be done once.
 *
 * @param timeoutMs deadline of all of it
 * @throws KnownError VAULT_FIELD_MISSING, and what openHeldBack throws
 */
export async function unwrapKey(handle: WrappedHandle, timeoutMs: number): Promise<UnwrappedKey> {
  const client = clientOf(handle, timeoutMs)
  try {
    const { data } = await openHeldBack(client, handle, handle.creationPath)
    // The answer of KV version 2 has its values one level deeper.
    const values = recordOf(data, 'metadata') === undefined ? data : recordOf(data, 'data')
    const { privateKey, password } = handle.fields
    return { privateKey: fieldOf(values, privateKey), password: fieldOrEmpty(values, password) }
  } finally {
    client.close()
  }
}

/** A login that was held back: the one who opens it must revoke it. */
export interface TransitLogin {
  /** Close it after the session is revoked. Its deadlineAt is that of opening; take it away when the key is open. */
  readonly client: VaultClient
  readonly session: VaultSession
  /** Mask its token before anything else. */
  readonly login: Login
}

/**
 * Opens a transit handle.
 *
 * @param timeoutMs deadline of this and of what the caller still asks before the key is open
 * @throws KnownError what openHeldBack throws
 */
export async function openTransitLogin(
  handle: TransitHandle,
  timeoutMs: number,
): Promise<TransitLogin> {
  const client = clientOf(handle, timeoutMs)
  try {
    const login = parseLogin(await openHeldBack(client, handle, 'the login'))
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

/**
 * A field that may be absent, such as the password of a key without one.
 *
 * @throws KnownError VAULT_FIELD_MISSING where it is there and no text
 */
export function fieldOrEmpty(values: JsonRecord | undefined, name: string): string {
  const value = values?.[name]
  return value === undefined || value === '' ? '' : fieldOf(values, name)
}

function clientOf({ address, namespace, ca }: HeldBack, timeoutMs: number): VaultClient {
  return new VaultClient({
    address: parseVaultAddress(address),
    namespace,
    ca: ca === '' ? undefined : loadCertificateAuthority(ca),
    timeoutMs,
    deadlineAt: Date.now() + timeoutMs,
  })
}
