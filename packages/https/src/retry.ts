import { setTimeout as sleep } from 'node:timers/promises'

export interface RetryOptions {
  /** No new attempt starts after this moment (milliseconds since the epoch, as Date.now()). */
  readonly deadlineAt: number
  /** How often in all; may hang on what the last failure was. Default 5. */
  readonly attempts?: number | ((failure: unknown) => number)
  /** Pause before the second attempt; doubles each time. Half of it is fixed, half is jitter. */
  readonly firstPauseMs?: number
  /** Where the doubling ends. Default: nowhere. */
  readonly longestPauseMs?: number
  readonly shouldRetry: (error: unknown) => boolean
  /** The pause that the server asked for (Retry-After), where it asked for one; a longer one of our own stays. */
  readonly pauseMs?: (error: unknown) => number | undefined
}

/**
 * Runs an operation again while its failure is one that may pass. The last failure is thrown as it is.
 */
export async function retry<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { deadlineAt, attempts = 5, firstPauseMs = 200, shouldRetry } = options
  const { longestPauseMs = Number.POSITIVE_INFINITY } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation()
    } catch (error) {
      const halfMs = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs) / 2
      const askedMs = options.pauseMs?.(error) ?? 0
      // A server that asks for no pause at all gets ours; one that asks for a long one gets it with the jitter,
      // since all who were turned away together would come back together.
      const pauseMs = Math.max(askedMs, halfMs) + Math.random() * halfMs
      const allowed = typeof attempts === 'number' ? attempts : attempts(error)
      const spent = attempt >= allowed || Date.now() + pauseMs >= deadlineAt
      if (spent || !shouldRetry(error)) throw error
      await sleep(pauseMs)
    }
  }
}
