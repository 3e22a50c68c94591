import { KnownError } from '@tierseal/errors'
import { demandOwnKeys, parsePublicKeys, publicKeyFile, writeTogether } from '@tierseal/generator'
import type { Tier } from '@tierseal/tiers'
import type { VaultSession } from '@tierseal/vault'
import { asOperator, vaultHelp, vaultOptions } from '../operator-vault.ts'
import { configHelp, configOption, openSite, type SiteContext } from '../site-context.ts'
import { tiersOf } from '../tier-words.ts'
import type { Verb } from '../verb.ts'

export const keysFetch: Verb = {
  name: 'keys fetch',
  words: '[TIER...]',
  summary: 'read the public keys of tiers from Vault and record them',
  help: `Reads vault.publicPath of each tier and writes keys/<tier>.pem, which generate makes the policies from:
what admission trusts is what Vault holds, and a change of it is a change in git that somebody
reviews. Needs a token that reads the public paths, and never touches a private one. With --check
nothing is written, and 1 is returned where a record differs from Vault.`,
  options: { ...configOption, ...vaultOptions, check: { type: 'boolean' } },
  optionHelp: {
    ...configHelp,
    ...vaultHelp,
    check: 'only tell whether the records are what Vault holds',
  },
  run: async (invocation) => {
    const context = openSite(invocation)
    const tiers = tiersOf(context, invocation.words)
    const found = await asOperator(invocation, context, (session) =>
      Promise.all(tiers.map((tier) => fetchKey(session, context, tier))),
    )
    const fresh = new Map(found.map(({ file, text }) => [file, text]))
    demandOwnKeys(context.loaded.site, context.folder, fresh)
    const changed = found.filter(({ file, text }) => context.folder.read(file) !== text)
    const checking = invocation.flag('check')
    if (!checking) {
      writeTogether(
        changed.map(({ file, text }) => ({ path: context.folder.absolute(file), text })),
      )
    }
    const verb = checking ? 'differs from Vault' : 'recorded'
    return {
      exitCode: checking && changed.length > 0 ? 1 : 0,
      json: { changed: changed.map(({ file }) => file), tiers: tiers.map(({ name }) => name) },
      text:
        changed.length === 0
          ? 'the records are what Vault holds'
          : changed.map(({ file }) => `${file} ${verb}`).join('\n'),
    }
  },
}

async function fetchKey(
  session: VaultSession,
  { loaded }: SiteContext,
  { name, vault }: Tier,
): Promise<{ readonly file: string; readonly text: string }> {
  const secret = { mount: loaded.site.vault.keys, path: vault.publicPath, kvVersion: 2 } as const
  const { data } = await session.readKv(secret)
  const pem = data['public_key']
  if (typeof pem === 'string') {
    return { file: publicKeyFile(name), text: parsePublicKeys(vault.publicPath, pem).join('') }
  }
  throw new KnownError('PUBLIC_KEY_INVALID', `${vault.publicPath} in Vault has no field public_key`)
}
