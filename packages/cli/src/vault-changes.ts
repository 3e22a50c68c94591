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
    ...(withoutComments(before) === text
      ? []
      : [{ path: policyPath, body: { policy: text }, before, after: text }]),
    ...roleChange(rolePath, wanted, await session.find(rolePath)),
  ]
}

function roleChange(
  path: string,
  wanted: Values,
  found: Values | undefined,
): readonly VaultChange[] {
  const body = { ...wanted, ...emptied(wanted, found ?? {}) }
  const before = found === undefined ? '' : linesOf(body, found)
  const after = linesOf(body, body)
  return before === after ? [] : [{ path, body, before, after }]
}

// Written by hand from policy.hcl, a policy has that file's header.
function withoutComments(policy: string): string {
  const lines = policy.split('\n').filter((line) => !/^\s*(#|$)/.test(line))
  return `${lines.join('\n')}\n`
}

// Vault reports more fields than were written, and its versions differ in which; empty they change nothing. One
// that is set was set by somebody else, and most of them widen: a namespace selector, a period without an end.
function emptied(wanted: Values, found: Values): Values {
  const foreign = Object.entries(found).filter(
    ([field, value]) => !Object.hasOwn(wanted, field) && !isEmpty(value) && !isTwin(field, found),
  )
  return Object.fromEntries(foreign.map(([field, value]) => [field, emptyLike(value)]))
}

// Old names of the token_* fields, which some versions report beside them.
function isTwin(field: string, found: Values): boolean {
  const named = found[`token_${field}`]
  return named !== undefined && JSON.stringify(named) === JSON.stringify(found[field])
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === null || value === undefined || value === '' || value === 0 || value === false
}

function emptyLike(value: unknown): unknown {
  if (Array.isArray(value)) return []
  if (typeof value === 'number') return 0
  return typeof value === 'boolean' ? false : ''
}

function linesOf(fields: Values, values: Values): string {
  const lines = Object.keys(fields).map((field) => `${field}: ${JSON.stringify(values[field])}`)
  return `${lines.join('\n')}\n`
}
