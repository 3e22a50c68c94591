import type { Scope } from '../scope.ts'

/** The template of the Vault side: what a tier reads depends on how its key is handed over. */
export function vaultTemplate({ tier }: Scope): string {
  return tier?.vault.handover === 'transit' ? 'vault/transit.yaml' : 'vault/tier.yaml'
}
