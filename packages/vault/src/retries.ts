import { type Code, KnownError } from '@tierseal/errors'
import { VaultRefusal } from './refusal.ts'

/**
 * Which failures are tried again. `read`: the request changes nothing, or nothing twice. `login`: only
 * where the server surely did not see it or turned it away unseen, since each login makes a token.
 * `once`: never.
 */
export type RetryRule = 'read' | 'login' | 'once'

const passing: Readonly<
  Record<RetryRule, { statuses: readonly number[]; codes: readonly Code[] }>
> = {
  read: {
    // 412: a replica that lags behind; 429: rate limited.
    statuses: [412, 429, 502, 503],
    codes: ['CONNECTION_REFUSED', 'CONNECTION_FAILED', 'HOST_UNKNOWN'],
  },
  login: { statuses: [429, 503], codes: ['CONNECTION_REFUSED', 'HOST_UNKNOWN'] },
  once: { statuses: [], codes: [] },
}

/** Whether a failure may pass by itself and the request may be sent again. */
export function mayPass(error: unknown, rule: RetryRule): boolean {
  const { statuses, codes } = passing[rule]
  if (error instanceof KnownError) return codes.includes(error.code)
  if (!(error instanceof VaultRefusal)) return false
  return statuses.includes(error.status) || (rule === 'read' && isElecting(error))
}

/** The pause that Vault asked for with a refusal: its rate-limit quotas do, and proxies before it. */
export function askedPauseMs(error: unknown): number | undefined {
  return error instanceof VaultRefusal ? error.retryAfterMs : undefined
}

/** A cluster between two leaders answers 500 on its standby nodes. */
export function isElecting({ status, errors }: VaultRefusal): boolean {
  return status === 500 && errors.some((text) => text.includes('active cluster node not found'))
}
