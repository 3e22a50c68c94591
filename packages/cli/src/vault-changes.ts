import type { DesiredVault } from '@tierseal/generator'
import type { VaultSession } from '@tierseal/vault'

/** One object of Vault that is not as it should be. */
export interface VaultChange {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** What Vault holds, and what it should hold, one value per line. */
  readonly before: string
  readonly after: string
}

type Values = Readonly<Record<string, unknown>>

/** What has to be written so that Vault holds what a tier wants. */
export async function planVaultChanges(
  session: VaultSession,
  { policy, role }: DesiredVault,
  policyText: readonly string[],
): Promise<readonly VaultChange[]> {
  const text = `${policyText.join('\n')}\n`
  const policyPath = `sys/policies/acl/${policy.name}`
  const found = await session.find(policyPath)
  const before = String(found?.['policy'] ?? '')
  const { mount, name, ...wanted } = role
  const rolePath = `auth/${mount}/role/${name}`
  return [
    ...(before === text ? [] : [{ path: policyPath, body: { policy: text }, before, after: text }]),
    ...roleChange(rolePath, wanted, await session.find(rolePath)),
  ]
}

// Vault reports more fields than were written, and its versions differ in which.
function roleChange(
  path: string,
  wanted: Values,
  found: Values | undefined,
): readonly VaultChange[] {
  const before = found === undefined ? '' : linesOf(wanted, found)
  const after = linesOf(wanted, wanted)
  return before === after ? [] : [{ path, body: wanted, before, after }]
}

function linesOf(fields: Values, values: Values): string {
  const lines = Object.keys(fields).map((field) => `${field}: ${JSON.stringify(values[field])}`)
  return `${lines.join('\n')}\n`
}
