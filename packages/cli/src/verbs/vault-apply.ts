import {
  type DesiredVault,
  hunksOf,
  hunkText,
  parseDesiredVault,
  policyLines,
} from '@tierseal/generator'
import type { VaultSession } from '@tierseal/vault'
import { asOperator, vaultHelp, vaultOptions } from '../operator-vault.ts'
import { configHelp, configOption, openSite, renderContext } from '../site-context.ts'
import { tiersOf } from '../tier-words.ts'
import { planVaultChanges, type VaultChange } from '../vault-changes.ts'
import type { Verb } from '../verb.ts'

export const vaultApply: Verb = {
  name: 'vault apply',
  words: '[TIER...]',
  summary: 'write the policies and roles of tiers to Vault',
  help: `Compares the policy and the Kubernetes auth role of each tier with what Vault holds, shows the
difference, and writes what differs; fields of a role that were set beside ours are emptied. A second run
finds nothing to do. With --dry-run nothing is written, and 1 is returned where something differs. The role
and the policy of a tier that is no longer in tiers.yaml stay in Vault: delete them by hand. With --json each
change has its path and body, for whoever writes them by other means.`,
  options: { ...configOption, ...vaultOptions, 'dry-run': { type: 'boolean' } },
  optionHelp: {
    ...configHelp,
    ...vaultHelp,
    'dry-run': 'show the difference, and write nothing',
  },
  run: async (invocation) => {
    const context = openSite(invocation)
    const tiers = new Set(tiersOf(context, invocation.words))
    const desired = renderContext(context)
      .filter(
        ({ path, scope }) =>
          path.endsWith('/vault/tier.yaml') && scope.tier !== undefined && tiers.has(scope.tier),
      )
      .map(({ text }) => parseDesiredVault(text))
    const dryRun = invocation.flag('dry-run')
    // Shown before it is written, so that a write that fails in the middle leaves nobody guessing.
    const say = (text: string): void => {
      if (!invocation.json) invocation.terminal.out(text)
    }
    const changes = await asOperator(invocation, context, async (session) => {
      const planned = await planAll(session, desired)
      for (const change of planned) say(changeText(change, dryRun))
      if (!dryRun) await writeAll(session, planned, say)
      return planned
    })
    return {
      exitCode: dryRun && changes.length > 0 ? 1 : 0,
      json: {
        changes,
        dryRun,
      },
      text: conclusion(changes.length, dryRun),
    }
  },
}

async function planAll(
  session: VaultSession,
  desired: readonly DesiredVault[],
): Promise<readonly VaultChange[]> {
  const changes: VaultChange[] = []
  for (const tier of desired)
    changes.push(...(await planVaultChanges(session, tier, policyLines(tier))))
  return changes
}

async function writeAll(
  session: VaultSession,
  changes: readonly VaultChange[],
  say: (text: string) => void,
): Promise<void> {
  for (const { path, body } of changes) {
    await session.request({ method: 'POST', path, body })
    say(`wrote ${path}`)
  }
}

function changeText({ path, before, after }: VaultChange, dryRun: boolean): string {
  return [
    `${dryRun ? 'would write' : 'to write:'} ${path}`,
    ...hunksOf(before, after).map(hunkText),
  ].join('\n')
}

function conclusion(changed: number, dryRun: boolean): string {
  if (changed === 0) return 'Vault is as it should be'
  return dryRun ? `nothing written; ${changed} to write` : 'Vault is now as it should be'
}
