import { KnownError, messageOf } from '@tierseal/errors'
import { publicKeyFile, writeTogether } from '@tierseal/generator'
import { makePassword, makeSigningKeyPair } from '@tierseal/signing-key'
import type { Tier } from '@tierseal/tiers'
import { kvMetadataPath, type VaultSession } from '@tierseal/vault'
import { asOperator, vaultHelp, vaultOptions } from '../operator-vault.ts'
import { configHelp, configOption, openSite, type SiteContext } from '../site-context.ts'
import { oneTier } from '../tier-words.ts'
import { createTransitKey } from '../transit-key.ts'
import type { Verb } from '../verb.ts'

export const keysInit: Verb = {
  name: 'keys init',
  words: '<TIER>',
  summary: 'make the key of a tier, straight into Vault',
  help: `Makes a key pair in this process, in the form that cosign reads, and writes it to Vault: the private part
and its random password to vault.path, the public part to vault.publicPath. The private part is never
in a file, an argument or an output. A tier that has a key keeps it: the write asks Vault that nothing
is there yet. For handover transit, Vault makes the key itself and never gives it away. The public key
is recorded in keys/<tier>.pem for generate.`,
  options: { ...configOption, ...vaultOptions },
  optionHelp: { ...configHelp, ...vaultHelp },
  run: async (invocation) => {
    const context = openSite(invocation)
    const tier = oneTier(context, invocation.words)
    const publicKey = await asOperator(invocation, context, (session) =>
      tier.vault.handover === 'transit'
        ? createTransitKey(session, context, tier)
        : createKvKey(session, context, tier),
    )
    const file = publicKeyFile(tier.name)
    writeTogether([{ path: context.folder.absolute(file), text: publicKey }])
    return {
      exitCode: 0,
      json: { tier: tier.name, publicKey, file },
      text: `tier ${tier.name} has a key; its public part is in ${file}\nnext: tierseal vault apply ${tier.name}, tierseal generate`,
    }
  },
}

async function createKvKey(
  session: VaultSession,
  { loaded }: SiteContext,
  { name, vault }: Tier,
): Promise<string> {
  const mount = loaded.site.vault.keys
  const password = makePassword()
  const { privateKey, publicKey } = await makeSigningKeyPair(password)
  const secret = { mount, path: vault.path }
  const version = await writeNew(session, secret, { private_key: privateKey, password }, name)
  const open = { mount, path: vault.publicPath }
  try {
    await writeNew(session, open, { public_key: publicKey, version: String(version) }, name)
  } catch (error) {
    // A private key that nobody can verify with would stand in the way of the next try.
    await session.request({ method: 'DELETE', path: kvMetadataPath({ ...secret, kvVersion: 2 }) })
    throw error
  }
  return publicKey
}

async function writeNew(
  session: VaultSession,
  secret: { readonly mount: string; readonly path: string },
  data: Readonly<Record<string, string>>,
  tier: string,
): Promise<number> {
  try {
    return await session.writeKv(secret, data, 0)
  } catch (error) {
    if (!(error instanceof KnownError) || error.code !== 'VAULT_WRITE_CONFLICT') throw error
    throw new KnownError(
      'KEY_EXISTS',
      `tier ${tier} has a key at ${secret.path}: ${messageOf(error)}`,
      {
        hint: 'Record its public part with tierseal keys fetch; to replace it, rotate it.',
        cause: error,
      },
    )
  }
}
