import { randomUUID } from 'node:crypto'
import { KnownError } from '@tierseal/errors'
import type { Login } from './answer.ts'
import { revokeSelfPath, type VaultSession } from './session.ts'

/** What a token of a tier may do: one right on each of these paths, and nothing on those. */
export interface Breadth {
  readonly allowed: ReadonlyMap<string, string>
  readonly denied: readonly string[]
  /** Paths that a policy names by mistake, each with what is wrong about it; a right there is no flaw. */
  readonly mistaken: ReadonlyMap<string, string>
}

/** The breadth of a token that may do what the parts say, end itself, and make no other tokens or policies. */
export function breadthOf(...parts: readonly Partial<Breadth>[]): Breadth {
  const denied = parts.flatMap((part) => part.denied ?? [])
  return {
    allowed: new Map([
      ...parts.flatMap(({ allowed = [] }) => [...allowed]),
      [revokeSelfPath, 'update'],
    ]),
    denied: [...new Set([...denied, ...othersTokens()])],
    mistaken: new Map(parts.flatMap(({ mistaken = [] }) => [...mistaken])),
  }
}

/**
 * Refuses a token that can do more than its tier needs, or less: asked of Vault itself, in one request.
 *
 * @param expectedPolicies the names that it may carry; empty means no check by name
 * @throws KnownError VAULT_POLICY_UNEXPECTED, VAULT_POLICY_TOO_BROAD, VAULT_POLICY_TOO_NARROW
 */
export async function refuseOtherBreadth(
  session: VaultSession,
  { policies }: Pick<Login, 'policies'>,
  { allowed, denied, mistaken }: Breadth,
  expectedPolicies: readonly string[],
): Promise<void> {
  refusePolicies(policies, expectedPolicies)
  const found = await session.capabilities([...allowed.keys(), ...denied, ...mistaken.keys()])
  const on = (path: string): string => (found.get(path) ?? []).join(', ')
  const broad = [
    ...denied.filter((path) => on(path) !== 'deny').map((path) => `${path}: ${on(path)}`),
    ...[...allowed]
      .filter(([path, right]) => on(path) !== right && on(path) !== 'deny')
      .map(([path, right]) => `${path}: ${on(path)} instead of ${right} alone`),
  ]
  if (broad.length > 0) throw tooBroad(broad, policies, [...allowed])
  const narrow = [...allowed].filter(([path]) => on(path) === 'deny')
  if (narrow.length === 0) return
  throw tooNarrow(
    narrow,
    [...mistaken].find(([path]) => on(path) !== 'deny'),
  )
}

type Rights = ReadonlyArray<readonly [path: string, right: string]>

// Each has two addresses: policies an older one, tokens one for each role of the token store.
function othersTokens(): readonly string[] {
  const [policy, role] = [randomUUID(), randomUUID()]
  const policies = [`sys/policies/acl/${policy}`, `sys/policy/${policy}`]
  return [
    ...policies,
    ...['create', 'create-orphan', `create/${role}`].map((way) => `auth/token/${way}`),
  ]
}

function refusePolicies(policies: readonly string[], expected: readonly string[]): void {
  if (expected.length === 0) return
  const unexpected = policies.filter((policy) => !expected.includes(policy))
  if (unexpected.length === 0) return
  throw new KnownError(
    'VAULT_POLICY_UNEXPECTED',
    `the token carries ${unexpected.join(', ')}, expected was ${expected.join(', ')} alone`,
    {
      hint: unexpected.includes('default')
        ? 'Set token_no_default_policy=true on the role, or name default in expected-policies.'
        : 'Remove the policy from the role, or from the identity that the login belongs to.',
    },
  )
}

function tooBroad(
  broad: readonly string[],
  policies: readonly string[],
  allowed: Rights,
): KnownError {
  const needed = allowed.map(([path, right]) => `${right} on ${path}`).join(', ')
  return new KnownError(
    'VAULT_POLICY_TOO_BROAD',
    `the token can do more than its tier needs (policies ${policies.join(', ')}):${listed(broad)}`,
    { hint: `Grant ${needed} and nothing else: one role and one policy per tier.` },
  )
}

function tooNarrow(narrow: Rights, mistaken: readonly [string, string] | undefined): KnownError {
  const hint =
    mistaken === undefined
      ? 'Grant these in the policy of the role.'
      : `The policy grants ${mistaken[0]}, which ${mistaken[1]}.`
  const missing = narrow.map(([path, right]) => `${path}: needs ${right}`)
  return new KnownError(
    'VAULT_POLICY_TOO_NARROW',
    `the policies of the role do not grant:${listed(missing)}`,
    { hint },
  )
}

function listed(lines: readonly string[]): string {
  return lines.map((line) => `\n  - ${line}`).join('')
}
