import { createPublicKey } from 'node:crypto'
import { KnownError } from '@tierseal/errors'
import { recordOf } from '@tierseal/json'
import type { Tier } from '@tierseal/tiers'
import type { VaultSession } from '@tierseal/vault'
import type { SiteContext } from './site-context.ts'
import { writeNew } from './write-new.ts'

type TransitKey = Readonly<Record<string, unknown>>

/**
 * Lets Vault make a key that it never gives away, and publishes its public part where the others are. A key that
 * is there without having been published is what half a failure left: it is taken.
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
  const found = await session.find(path)
  if (found !== undefined) demandOurs(found, path, name)
  // cosign takes no other type from transit without trouble (facts: vault.md 3).
  const body = { type: 'ecdsa-p256', exportable: false }
  if (found === undefined) await session.request({ method: 'POST', path, body })
  const { version, publicKey } = latestVersion(found ?? (await session.find(path)), path)
  await writeNew(
    session,
    { mount: keys, path: vault.publicPath },
    { public_key: publicKey, version },
    name,
  )
  return publicKey
}

function demandOurs(found: TransitKey, path: string, tier: string): void {
  const isExportable = found['exportable'] === true || found['allow_plaintext_backup'] === true
  const type = String(found['type'])
  if (type === 'ecdsa-p256' && !isExportable) return
  const what = isExportable ? 'exportable' : `of type ${type}`
  throw new KnownError('KEY_EXISTS', `${path} for tier ${tier} is there, and ${what}`, {
    hint: 'Name another transitKey in tiers.yaml: a tier has a key that Vault never gives away, of type ecdsa-p256.',
  })
}

function latestVersion(
  key: TransitKey | undefined,
  path: string,
): { readonly version: string; readonly publicKey: string } {
  const [version, entry] = Object.entries(recordOf(key, 'keys') ?? {}).at(-1) ?? []
  const pem = recordOf(entry)?.['public_key']
  if (version !== undefined && typeof pem === 'string') {
    const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
    return { version, publicKey }
  }
  throw new KnownError('PUBLIC_KEY_INVALID', `${path} gives no public key`)
}
