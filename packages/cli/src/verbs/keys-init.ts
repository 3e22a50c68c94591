import { rotateRunbook } from '@tierseal/errors'
import { writeTogether } from '@tierseal/generator'
import { makePassword, makeSigningKeyPair } from '@tierseal/signing-key'
import type { Tier } from '@tierseal/tiers'
import { kvMetadataPath, type VaultSession } from '@tierseal/vault'
import { demandRoom, recordWith } from '../key-record.ts'
import { asOperator, vaultHelp, vaultOptions } from '../operator-vault.ts'
import { configHelp, configOption, openSite, type SiteContext } from '../site-context.ts'
import { oneTier } from '../tier-words.ts'
import { createTransitKey } from '../transit-key.ts'
import type { Verb } from '../verb.ts'
import { writeNew } from '../write-new.ts'

export const keysInit: Verb = {
  name: 'keys init',
  words: '<TIER>',
  summary: 'make the key of a tier, straight into Vault',
  help: `Makes a key pair in this process, in the form that cosign reads, and writes it to Vault: the private part
and its random password to vault.path, the public part to vault.publicPath. The private part is never
in a file, an argument or an output. A tier that has a key keeps it: the write asks Vault that nothing
is there yet. For handover transit, Vault makes the key itself and never gives it away. The public key
is recorded in keys/<tier>.pem for generate, beside the one that is there: to rotate a key, first name new
paths for it (${rotateRunbook}).`,
  options: { ...configOption, ...vaultOptions },
  optionHelp: { ...configHelp, ...vaultHelp },
  run: async (invocation) => {
    const context = openSite(invocation)
    const tier = oneTier(context, invocation.words)
    demandRoom(context, tier.name)
    const publicKey = await asOperator(invocation, context, (session) =>
      tier.vault.handover === 'transit'
        ? createTransitKey(session, context, tier)
        : createKvKey(session, context, tier),
    )
    const record = recordWith(context, tier.name, [publicKey], { dropOthers: false })
    const { file, text, kept } = record
    writeTogether([{ path: context.folder.absolute(file), text }])
    return {
      exitCode: 0,
      json: { tier: tier.name, publicKey, file, kept },
      text: [
        `tier ${tier.name} has a key; its public part is in ${file}`,
        ...(kept.length === 0 ? nextOf(tier) : rotatingText(kept)),
      ].join('\n'),
    }
  },
}

function nextOf({ name }: Tier): readonly string[] {
  return [`next: tierseal vault apply ${name}, tierseal generate`]
}

// The other way round, the new key would sign what no policy accepts yet.
function rotatingText(kept: readonly string[]): readonly string[] {
  return [
    ...kept.map((key) => `beside ${key}, which stays on record: a rotation`),
    `next: tierseal generate, and apply the policies before tierseal vault apply (${rotateRunbook})`,
  ]
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
