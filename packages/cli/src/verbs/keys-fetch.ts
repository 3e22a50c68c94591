import { KnownError, rotateRunbook } from '@tierseal/errors'
import { demandOwnKeys, parsePublicKeys, writeTogether } from '@tierseal/generator'
import type { Tier } from '@tierseal/tiers'
import type { VaultSession } from '@tierseal/vault'
import { demandPlace, type KeyRecord, recordWith } from '../key-record.ts'
import { asOperator, vaultHelp, vaultOptions } from '../operator-vault.ts'
import { configHelp, configOption, openSite, type SiteContext } from '../site-context.ts'
import { tiersOf } from '../tier-words.ts'
import type { Verb } from '../verb.ts'

export const keysFetch: Verb = {
  name: 'keys fetch',
  words: '[TIER...]',
  summary: 'read the public keys of tiers from Vault and record them',
  help: `Reads vault.publicPath of each tier and records it in keys/<tier>.pem, which generate makes the policies
from: what admission trusts is what Vault holds, and a change of it is a change in git that somebody
reviews. Needs a token that reads the public paths, and never touches a private one. A key that is on
record stays there beside Vault's, for running images are signed with it (${rotateRunbook}),
until --drop-others takes it away. With --check nothing is written, and 1 is returned where a record
differs from Vault.`,
  options: {
    ...configOption,
    ...vaultOptions,
    check: { type: 'boolean' },
    'drop-others': { type: 'boolean' },
  },
  optionHelp: {
    ...configHelp,
    ...vaultHelp,
    check: 'only tell whether the records are what Vault holds, and what would change',
    'drop-others':
      'take keys off the record that Vault does not hold; their images are refused then',
  },
  run: async (invocation) => {
    const context = openSite(invocation)
    const tiers = tiersOf(context, invocation.words)
    for (const { name } of tiers) demandPlace(context, name)
    const dropOthers = invocation.flag('drop-others')
    const records = await asOperator(invocation, context, (session) =>
      Promise.all(
        tiers.map(async (tier) =>
          recordWith(context, tier.name, await fetchKeys(session, context, tier), { dropOthers }),
        ),
      ),
    )
    const fresh = new Map(records.map(({ file, text }) => [file, text]))
    demandOwnKeys(context.loaded.site, context.folder, fresh)
    const changed = records.filter(({ file, text }) => context.folder.read(file) !== text)
    const differing = records.filter((record) => changed.includes(record) || record.kept.length > 0)
    const checking = invocation.flag('check')
    if (!checking) {
      writeTogether(
        changed.map(({ file, text }) => ({ path: context.folder.absolute(file), text })),
      )
    }
    return {
      exitCode: checking && differing.length > 0 ? 1 : 0,
      json: {
        changed: changed.map(({ file }) => file),
        tiers: tiers.map(({ name }) => name),
        records: records.map(({ text: _, ...record }) => record),
      },
      text:
        differing.length === 0
          ? 'the records are what Vault holds'
          : told(differing, changed, checking),
    }
  },
}

function told(
  differing: readonly KeyRecord[],
  changed: readonly KeyRecord[],
  checking: boolean,
): string {
  const lines = differing.flatMap((record) => {
    const { file, added, kept, dropped } = record
    const did = changed.includes(record) ? 'recorded' : 'kept as it is'
    return [
      `${file} ${checking ? 'differs from Vault' : did}`,
      ...added.map((key) => `  ${checking ? 'lacks' : 'added'} ${key} of Vault`),
      ...kept.map((key) => `  keeps ${key}, which Vault does not hold; --drop-others drops it`),
      ...dropped.map(
        (key) =>
          `  ${checking ? 'would drop' : 'dropped'} ${key}: what it alone signed is refused once the policies are applied`,
      ),
    ]
  })
  return lines.join('\n')
}

async function fetchKeys(
  session: VaultSession,
  { loaded }: SiteContext,
  { vault }: Tier,
): Promise<readonly string[]> {
  const secret = { mount: loaded.site.vault.keys, path: vault.publicPath, kvVersion: 2 } as const
  const { data } = await session.readKv(secret)
  const pem = data['public_key']
  if (typeof pem === 'string') return parsePublicKeys(vault.publicPath, pem)
  throw new KnownError('PUBLIC_KEY_INVALID', `${vault.publicPath} in Vault has no field public_key`)
}
