import { setTimeout as sleep } from 'node:timers/promises'
import type { Findings } from './findings.ts'

export interface SettleOptions {
  readonly look: () => Promise<Findings>
  /** How long a writer of such a signature takes, from reading the tag to writing it. */
  readonly writeMs: number
  readonly deadlineAt: number
}

const minimumPauseMs = 1_000
const maximumPauseMs = 10_000

/**
 * Looks for the signature until it can be taken for lasting, and returns the last look.
 *
 * Where signatures are in a tag, a writer reads the tag, adds its own and writes it back: without
 * compare-and-swap the protocol lets it drop what came in between. Whoever read before us has written
 * after some multiple of the time that we took ourselves; a second look then sees what is left. With the
 * referrers API nothing is overwritten and one look is enough.
 */
export async function settle({ look, writeMs, deadlineAt }: SettleOptions): Promise<Findings> {
  const first = await look()
  if (!first.overwritable || first.signatures.length === 0) return first
  const pauseMs = Math.min(Math.max(3 * writeMs, minimumPauseMs), maximumPauseMs)
  await sleep(Math.max(0, Math.min(pauseMs, deadlineAt - Date.now())))
  return look()
}
