import { randomUUID } from 'node:crypto'
import { KnownError } from '@tierseal/errors'
import { kvDataPath, kvMetadataPath, type Login, type VaultSession } from '@tierseal/vault'
import type { Inputs } from './inputs.ts'

/** What a token of the tier may do: this on these paths, and nothing on those. */
export interface Breadth {
  readonly allowed: ReadonlyMap<string, string>
  readonly denied: readonly string[]
  /** The same secret as the other KV version has it, to explain a policy written for that one. */
  readonly mistaken: readonly string[]
}

type PathInputs = Pick<
  Inputs,
  | 'kvMount'
  | 'kvVersion'
  | 'secretPath'
  | 'publicPath'
  | 'siblingPaths'
  | 'transitMount'
  | 'transitKey'
  | 'handover'
>

/** The paths to ask about: the tier's own, its siblings, and random ones that nobody granted by name. */
export function expectedBreadth(inputs: PathInputs): Breadth {
  const own = inputs.handover === 'transit' ? transitBreadth(inputs) : kvBreadth(inputs)
  const { kvMount: mount, kvVersion, publicPath } = inputs
  const shared: [string, string][] = [[revokeSelf, 'update']]
  if (publicPath !== undefined) {
    shared.push([kvDataPath({ mount, path: publicPath, kvVersion }), 'read'])
  }
  const random = randomUUID()
  const denied = [`sys/policies/acl/${random}`, 'auth/token/create', `${mount}/${random}`]
  return {
    allowed: new Map([...own.allowed, ...shared]),
    denied: [...new Set([...own.denied, ...denied])],
    mistaken: own.mistaken,
  }
}

/**
 * Refuses a token that can do more than its tier needs, or less.
 *
 * @throws KnownError VAULT_POLICY_UNEXPECTED, VAULT_POLICY_TOO_BROAD, VAULT_POLICY_TOO_NARROW
 */
export async function refuseOtherBreadth(
  session: VaultSession,
  login: Login,
  expected: Breadth,
  expectedPolicies: readonly string[],
): Promise<void> {
  refusePolicies(login.policies, expectedPolicies)
  const { allowed, denied, mistaken } = expected
  const found = await session.capabilities([...allowed.keys(), ...denied, ...mistaken])
  const on = (path: string): string => (found.get(path) ?? []).join(', ')
  const broad = [
    ...denied.filter((path) => on(path) !== 'deny').map((path) => `${path}: ${on(path)}`),
    ...[...allowed]
      .filter(([path, right]) => on(path) !== right && on(path) !== 'deny')
      .map(([path, right]) => `${path}: ${on(path)} instead of ${right} alone`),
  ]
  if (broad.length > 0) throw tooBroad(broad, login)
  const narrow = [...allowed].filter(([path]) => on(path) === 'deny')
  if (narrow.length > 0)
    throw tooNarrow(
      narrow,
      mistaken.find((path) => on(path) === 'read'),
    )
}

const revokeSelf = 'auth/token/revoke-self'

function kvBreadth(inputs: PathInputs): Breadth {
  const { kvMount: mount, kvVersion, secretPath: path = '', siblingPaths } = inputs
  const at = (other: string): string => kvDataPath({ mount, path: other, kvVersion })
  const metadata = kvVersion === 2 ? [kvMetadataPath({ mount, path, kvVersion })] : []
  const random = randomUUID()
  // A sibling that nobody knows: a policy with a wildcard is seen here, whatever tiers there are.
  const beside = [...path.split('/').slice(0, -1), random].join('/')
  const other = kvDataPath({ mount, path, kvVersion: kvVersion === 2 ? 1 : 2 })
  return {
    allowed: new Map([[at(path), 'read']]),
    denied: [...siblingPaths.map(at), at(beside), at(random), ...metadata],
    mistaken: [other],
  }
}

function transitBreadth(inputs: PathInputs): Breadth {
  const { transitMount: mount, transitKey: key = '', siblingPaths } = inputs
  const others = [...siblingPaths, randomUUID()]
  return {
    // The second is what cosign asks for, with the hash in its path.
    allowed: new Map([
      [`${mount}/keys/${key}`, 'read'],
      [`${mount}/sign/${key}/sha2-256`, 'update'],
    ]),
    denied: [
      `${mount}/export/signing-key/${key}`,
      ...others.flatMap((name) => [`${mount}/keys/${name}`, `${mount}/sign/${name}/sha2-256`]),
    ],
    mistaken: [],
  }
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

function tooBroad(broad: readonly string[], { policies }: Login): KnownError {
  const list = broad.map((line) => `\n  - ${line}`).join('')
  return new KnownError(
    'VAULT_POLICY_TOO_BROAD',
    `the token can do more than its tier needs (policies ${policies.join(', ')}):${list}`,
    {
      hint: 'Grant read on the two paths of the tier and nothing else: one role and one policy per tier.',
    },
  )
}

function tooNarrow(
  narrow: ReadonlyArray<readonly [string, string]>,
  mistaken: string | undefined,
): KnownError {
  const list = narrow.map(([path, right]) => `\n  - ${path}: needs ${right}`).join('')
  const hint =
    mistaken === undefined
      ? 'Grant these in the policy of the role.'
      : `The policy grants ${mistaken}, which is the path of the other KV version: correct the policy or kv-version.`
  return new KnownError(
    'VAULT_POLICY_TOO_NARROW',
    `the policies of the role do not grant:${list}`,
    {
      hint,
    },
  )
}
