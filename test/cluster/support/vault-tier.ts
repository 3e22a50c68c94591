import { readFileSync } from 'node:fs'
import { type LabState, vaultRequest } from '@tierseal/test-kit/lab'
import { parse } from 'yaml'

interface TierDocument {
  readonly policy: { readonly name: string }
  readonly role: { readonly mount: string; readonly name: string }
}

/** Writes the generated policy and role of a tier to Vault, byte for byte what was reviewed. */
export async function applyVaultTier(state: LabState, directory: string): Promise<void> {
  const { policy, role }: TierDocument = parse(readFileSync(`${directory}/vault/tier.yaml`, 'utf8'))
  const text = readFileSync(`${directory}/vault/policy.hcl`, 'utf8')
  await vaultRequest(state, 'PUT', `sys/policies/acl/${policy.name}`, { policy: text })
  const { mount, name, ...settings } = role
  await vaultRequest(state, 'POST', `auth/${mount}/role/${name}`, settings)
}
