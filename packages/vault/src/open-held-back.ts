import { KnownError, rotateRunbook } from '@tierseal/errors'
import type { Answer } from './answer.ts'
import type { VaultClient } from './client.ts'
import type { HeldBack } from './handle.ts'

/**
 * Takes out what a handle holds back: proves first that its token was made by the request that the handle names, then
 * opens it. Nothing is asked after the end of its life: Vault says the same of a token that has expired and of one that
 * was opened, and only the second is an alarm.
 *
 * @param what is inside, for the message where it turns out to be a deleted secret
 * @throws KnownError VAULT_WRAPPING_SPENT where it was opened before: the alarm that somebody else did
 * @throws KnownError VAULT_HANDLE_EXPIRED, VAULT_WRAPPING_FOREIGN, and what requests throw
 */
export async function openHeldBack(
  client: VaultClient,
  handle: HeldBack,
  what: string,
): Promise<Answer> {
  const { token, expiresAt } = handle
  const lateMs = Date.now() - expiresAt
  if (lateMs >= 0) {
    throw expired(handle, `${Math.round(lateMs / 1000)} s before this step came to open it`)
  }
  const { deadlineAt } = client
  const expiresFirst = deadlineAt === undefined || expiresAt < deadlineAt
  if (expiresFirst) client.deadlineAt = expiresAt
  try {
    await proveOrigin(client, handle)
    return await client.unwrap(token, what)
  } catch (error) {
    const cut = error instanceof KnownError && error.code === 'DEADLINE_EXCEEDED'
    throw cut && expiresFirst ? expired(handle, 'and Vault did not answer before') : error
  } finally {
    client.deadlineAt = deadlineAt
  }
}

async function proveOrigin(client: VaultClient, { token, creationPath }: HeldBack): Promise<void> {
  const found = await client.lookupWrapping(token)
  if (found === creationPath) return
  throw new KnownError(
    'VAULT_WRAPPING_FOREIGN',
    `the wrapping token was made by ${found}, not by ${creationPath}`,
    {
      hint: `Somebody put another token in its place: see the audit log of Vault and rotate the key: ${rotateRunbook}.`,
    },
  )
}

function expired({ expiresAt }: HeldBack, when: string): KnownError {
  return new KnownError(
    'VAULT_HANDLE_EXPIRED',
    `the key handle expired at ${new Date(expiresAt).toISOString()}, ${when}`,
    {
      hint: 'What runs between vault-fetch-key and this step takes too long: move it before vault-fetch-key, or raise handle-ttl-seconds there. Whether somebody else opened the handle, the audit log of Vault tells.',
    },
  )
}
