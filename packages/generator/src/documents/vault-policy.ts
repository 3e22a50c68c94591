import type { Fill } from '../plan/planned-file.ts'
import { vaultTemplate } from '../plan/vault-template.ts'
import type { Scope } from '../scope.ts'
import { parseDesiredVault, policyLines } from '../vault/desired.ts'
import { withHeader } from './header.ts'

/** The Vault policy of a tier in the language of `vault policy write`. */
export function vaultPolicyText(scope: Scope, fill: Fill): string {
  const template = vaultTemplate(scope)
  const desired = parseDesiredVault(fill(template))
  return withHeader(scope, `workflows/${template}`, [
    `# By hand: vault policy write ${desired.policy.name} policy.hcl`,
    ...policyLines(desired),
  ])
}
