import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until the answer is neither false nor undefined. A question may also throw what it saw
 * instead of what is waited for.
 *
 * @throws Error that names what was waited for and the last failure, after `timeoutMs`
 */
export async function waitUntil<Answer>(
  what: string,
  ask: () => Promise<Answer | false | undefined>,
  { timeoutMs, everyMs = 100 }: { timeoutMs: number; everyMs?: number },
): Promise<Answer> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let failure: unknown
    try {
      const answer = await ask()
      if (answer !== false && answer !== undefined) return answer
    } catch (error) {
      failure = error
    }
    if (Date.now() > deadline) {
      const saw = failure instanceof Error ? `: ${failure.message}` : ''
      throw new Error(`waited ${timeoutMs / 1000} s for ${what}${saw}`, { cause: failure })
    }
    await sleep(everyMs)
  }
}
