import { type Code, KnownError, rotateRunbook } from '@tierseal/errors'
import type { VaultRefusal } from './refusal.ts'
import { isElecting, isSettingUp, isSpentOrUnknown } from './retries.ts'

/** What was asked of whom, for the message. */
export interface RequestFacts {
  /** The address of the server. */
  readonly address: string
  /** What was being done: `reading cosign/data/tiers/dev`. */
  readonly doing: string
}

interface Cause {
  readonly code: Code
  readonly applies: (refusal: VaultRefusal) => boolean
  readonly meaning: string
  readonly hint: string
}

const says = (pattern: RegExp) => (refusal: VaultRefusal) =>
  refusal.errors.some((text) => pattern.test(text))

const has = (status: number) => (refusal: VaultRefusal) => refusal.status === status

// The states of a server, whatever was asked of it. Most specific first (facts: vault.md 2 and 4).
const causes: readonly Cause[] = [
  {
    code: 'VAULT_SEALED',
    applies: says(/vault is sealed|security barrier is sealed/i),
    meaning: 'Vault is sealed',
    hint: 'Unseal it, then run the step again.',
  },
  {
    code: 'VAULT_SEALED',
    applies: says(/not initialized/i),
    meaning: 'Vault is not initialized',
    hint: 'Initialize and unseal it; look at whether this is the right server.',
  },
  {
    code: 'VAULT_STANDBY',
    applies: isElecting,
    meaning: 'the Vault cluster has no active node',
    hint: 'Look at the cluster: it is electing a leader, or has lost its quorum.',
  },
  {
    code: 'VAULT_UNAVAILABLE',
    applies: isSettingUp,
    meaning: 'the KV engine is still setting up this mount',
    hint: 'Run the step again; where it stays so, look at the log of Vault.',
  },
  {
    code: 'VAULT_RATE_LIMITED',
    applies: has(429),
    meaning: 'Vault turned the request away because there are too many',
    hint: 'Look at the rate-limit quotas (sys/quotas/rate-limit) and at who asks so often.',
  },
  {
    code: 'VAULT_LAGGING',
    applies: has(412),
    meaning: 'this replica of Vault stays behind the one that wrote last',
    hint: 'Look at the replication; address the active node.',
  },
  {
    code: 'VAULT_NAMESPACE_UNKNOWN',
    applies: (refusal) => refusal.status === 404 && says(/namespace not found/i)(refusal),
    meaning: 'Vault has no such namespace',
    hint: 'Check vault-namespace; leave it empty where the server has no namespaces.',
  },
  {
    code: 'VAULT_MOUNT_MISSING',
    applies: says(/no handler for route|route entry not found/i),
    meaning: 'there is no engine mounted at the start of this path',
    hint: 'Check the mount and the namespace.',
  },
  {
    code: 'VAULT_WRAPPING_SPENT',
    applies: isSpentOrUnknown,
    // Its life is not over: it is not asked about after that (open-held-back.ts).
    meaning: 'the wrapping token was opened before',
    hint: `Unless this job used the handle twice, somebody else opened it: treat the key as exposed, see the audit log of Vault, and rotate it: ${rotateRunbook}.`,
  },
  {
    code: 'VAULT_WRITE_CONFLICT',
    applies: says(/check-and-set parameter/i),
    meaning: 'the secret has changed since it was read, or the engine wants a check-and-set',
    hint: 'Read the secret again and repeat the change on top of it.',
  },
  {
    code: 'VAULT_DENIED',
    applies: has(403),
    meaning: 'the token may not do this',
    hint: 'Compare the path with the policies of the role; KV version 2 has data/ after its mount.',
  },
  {
    code: 'VAULT_UNAVAILABLE',
    applies: ({ status }) => status >= 500,
    meaning: 'Vault, or what stands before it, is not well',
    hint: 'Look at the log of Vault.',
  },
]

/** The known error behind an answer that is not a success. */
export function explainRefusal(refusal: VaultRefusal, facts: RequestFacts): KnownError {
  const cause = causes.find(({ applies }) => applies(refusal))
  const meaning = cause === undefined ? '' : `: ${cause.meaning}`
  return new KnownError(
    cause?.code ?? 'VAULT_REFUSED',
    `${facts.doing} at ${facts.address}${meaning} (${refusal.message})`,
    { hint: cause?.hint ?? 'Read what Vault says.' },
  )
}
