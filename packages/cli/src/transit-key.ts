import { createPublicKey } from 'node:crypto'
import { KnownError } from '@tierseal/errors'
import { recordOf } from '@tierseal/json'
import type { Tier } from '@tierseal/tiers'
import type { VaultSession } from '@tierseal/vault'
import type { SiteContext } from './site-context.ts'

/**
 * Lets Vault make a key that it never gives away, and publishes its public part where the others are.
 *
 * @throws KnownError KEY_EXISTS
 */
export async function createTransitKey(
  session: VaultSession,
  { loaded }: SiteContext,
  { name, vault }: Tier,
): Promise<string> {
  const { transit, keys } = loaded.site.vault
  const path = `${transit}/keys/${vault.transitKey}`
  if ((await session.find(path)) !== undefined) {
    throw new KnownError('KEY_EXISTS', `tier ${name} has a key at ${path}`, {
      hint: 'Record its public part with tierseal keys fetch.',
    })
  }
  // cosign takes no other type from transit without trouble (facts: vault.md 3).
  await session.request({ method: 'POST', path, body: { type: 'ecdsa-p256', exportable: false } })
  const publicKey = latestPublicKey(await session.find(path), path)
  const data = { public_key: publicKey, version: '1' }
  await session.writeKv({ mount: keys, path: vault.publicPath }, data, 0)
  return publicKey
}

function latestPublicKey(key: Readonly<Record<string, unknown>> | undefined, path: string): string {
  const versions = Object.values(recordOf(key, 'keys') ?? {})
  const pem = recordOf(versions.at(-1))?.['public_key']
  if (typeof pem === 'string') {
    return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
  }
  throw new KnownError('PUBLIC_KEY_INVALID', `${path} gives no public key`)
}
