import { KnownError } from '@tierseal/errors'

/**
 * The end of a whole build, which all its parts share: copies, questions to the engine, and its run. Whatever still goes on
 * then is killed, and its name is in the error.
 */
export class BuildDeadline {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly #limitMs: number

  /** @param limitMs the time that the build has, of timeout-seconds */
  constructor(limitMs: number, startedAt = Date.now()) {
    this.at = startedAt + limitMs
    this.#limitMs = limitMs
  }

  /** What is left; 1 where nothing is, since to timers 0 means no limit. */
  get remainingMs(): number {
    return Math.max(1, this.at - Date.now())
  }

  get isOver(): boolean {
    return Date.now() >= this.at
  }

  /** @param what the part that was still going on */
  exceeded(what: string): KnownError {
    const limit = `the ${this.#limitMs / 1000} s of timeout-seconds`
    return new KnownError('TOOL_TIMEOUT', `${what} did not end within ${limit} and was killed`, {
      hint: 'See in the log what it waited for; raise timeout-seconds only if it was working.',
    })
  }
}
