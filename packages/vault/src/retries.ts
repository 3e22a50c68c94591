import { type Code, KnownError } from '@tierseal/errors'
import { VaultRefusal } from './refusal.ts'

/**
 * Which failures are tried again. `read`: the request changes nothing, or nothing twice. `unseen`: only
 * where the server surely did not see it or turned it away unseen, as Vault itself says: a proxy also answers 503 where the
 * connection broke behind a request that it had sent on. `login`: that, and a redirect of a standby
 * node, by which the server itself says to send it again; had it been granted all the same, a token nobody
 * has would live for its short time. `once`: never.
 */
export type RetryRule = 'read' | 'login' | 'unseen' | 'once'

interface Passing {
  readonly statuses: readonly number[]
  readonly codes: readonly Code[]
}

const unseen: Passing = { statuses: [429, 503], codes: ['CONNECTION_REFUSED', 'HOST_UNKNOWN'] }

const passing: Readonly<Record<Exclude<RetryRule, 'once'>, Passing>> = {
  read: {
    // 412: a replica that lags behind; 429: rate limited.
    statuses: [412, 429, 502, 503],
    codes: [...unseen.codes, 'CONNECTION_FAILED', 'VAULT_STANDBY'],
  },
  login: { ...unseen, codes: [...unseen.codes, 'VAULT_STANDBY'] },
  unseen,
}

/** Whether a failure may pass by itself and the request may be sent again. */
export function mayPass(error: unknown, rule: RetryRule): boolean {
  if (rule === 'once') return false
  const { statuses, codes } = passing[rule]
  if (error instanceof KnownError) return codes.includes(error.code)
  if (!(error instanceof VaultRefusal)) return false
  const isOfVault = error.errors.length > 0
  if (statuses.includes(error.status)) return isOfVault || rule !== 'unseen'
  return isElecting(error) || isSettingUp(error) || isSpentOrUnknown(error)
}

// With the pauses below: five seconds, so that a sealed Vault is told soon, or twenty, for a cluster that changes
// its leader (seen: ten seconds after a step-down).
const attempts = 6
const attemptsInFailover = 15

/** How often and how soon a request is sent again. */
export const pace = {
  attempts: (failure: unknown): number => (isFailover(failure) ? attemptsInFailover : attempts),
  longestPauseMs: 2000,
  // Vault's rate-limit quotas ask for a pause, and proxies before it.
  pauseMs: (failure: unknown): number | undefined =>
    failure instanceof VaultRefusal ? failure.retryAfterMs : undefined,
} as const

function isFailover(failure: unknown): boolean {
  if (failure instanceof KnownError) return failure.code === 'VAULT_STANDBY'
  if (!(failure instanceof VaultRefusal)) return false
  // On a machine that is busy a node was seen to stay behind for more than five seconds.
  return isElecting(failure) || isSpentOrUnknown(failure)
}

/** A cluster between two leaders answers 500 on its standby nodes, before it looks at the request. */
export function isElecting({ status, errors }: VaultRefusal): boolean {
  return status === 500 && errors.some((text) => text.includes('active cluster node not found'))
}

/** KV version 2 turns everything away with 400 while it sets up a mount, for moments as it says. */
export function isSettingUp({ errors }: VaultRefusal): boolean {
  return errors.some((text) => text.includes('non-versioned to versioned data'))
}

/**
 * A wrapping token that was opened or has expired, or one that a standby node does not know yet: OpenBao
 * looks there at its own copy of the storage, which may be behind (docs/decisions/0117).
 */
export function isSpentOrUnknown({ errors }: VaultRefusal): boolean {
  return errors.some((text) => text.includes('wrapping token is not valid or does not exist'))
}
