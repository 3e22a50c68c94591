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
difference, and writes what differs. A second run finds nothing to do. With --dry-run nothing is
written, and 1 is returned where something differs.`,
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
    const changes = await asOperator(invocation, context, (session) =>
      applyAll(session, desired, dryRun),
    )
    return {
      exitCode: dryRun && changes.length > 0 ? 1 : 0,
      json: {
        changes: changes.map(({ path, before, after }) => ({ path, before, after })),
        dryRun,
      },
      text:
        changes.length === 0
          ? 'Vault is as it should be'
          : changes.map((change) => changeText(change, dryRun)).join('\n'),
    }
  },
}

async function applyAll(
  session: VaultSession,
  desired: readonly DesiredVault[],
  dryRun: boolean,
): Promise<readonly VaultChange[]> {
  const changes: VaultChange[] = []
  for (const tier of desired)
    changes.push(...(await planVaultChanges(session, tier, policyLines(tier))))
  if (dryRun) return changes
  for (const { path, body } of changes) await session.request({ method: 'POST', path, body })
  return changes
}

function changeText({ path, before, after }: VaultChange, dryRun: boolean): string {
  const head = `${dryRun ? 'would write' : 'wrote'} ${path}`
  return [head, ...hunksOf(before, after).map(hunkText)].join('\n')
}
