import type { Fill } from '../plan/planned-file.ts'
import { vaultTemplate } from '../plan/vault-template.ts'
import type { Scope } from '../scope.ts'
import { bindingOf } from '../values/catalogue.ts'
import { parseDesiredVault, policyLines } from '../vault/desired.ts'
import type { Document } from './document.ts'
import { withHeader } from './header.ts'

/** The Vault policy of a tier in the language of `vault policy write`. */
export const vaultPolicy: Document = {
  source: (scope) => `workflows/${vaultTemplate(scope)}`,
  text: vaultPolicyText,
  from: keysOfLine,
}

// A path is made from the same keys as in the template; what every tier reads is made from none.
const paths = [
  'vault.privatePath',
  'vault.publicPath',
  'vault.transitKeyPath',
  'vault.transitSignPath',
]

function keysOfLine(line: string, scope: Scope): readonly string[] {
  if (line.startsWith('#')) return ['tier.vault.policy']
  const path = /^path "(.*)"/.exec(line)?.[1]
  const made = paths.find((name) => bindingOf(name).value(scope) === path)
  return made === undefined ? [] : bindingOf(made).from
}

function vaultPolicyText(scope: Scope, fill: Fill): string {
  const template = vaultTemplate(scope)
  const desired = parseDesiredVault(fill(template))
  return withHeader(scope, `workflows/${template}`, [
    `# By hand: vault policy write ${desired.policy.name} policy.hcl`,
    ...policyLines(desired),
  ])
}
