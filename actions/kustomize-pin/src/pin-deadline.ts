import { KnownError } from '@tierseal/errors'

/** The moment at which the whole step gives up: from then on it is the cause, whatever tool was running. */
export class PinDeadline {
  readonly #at: number
  readonly #totalMs: number

  constructor(totalMs: number) {
    this.#totalMs = totalMs
    this.#at = Date.now() + totalMs
  }

  /**
   * What is left.
   *
   * @throws KnownError DEADLINE_EXCEEDED where nothing is
   */
  demandRemainingMs(): number {
    const left = this.#at - Date.now()
    if (left > 0) return left
    throw this.exceeded()
  }

  /**
   * Runs a tool for as long as it may take, or for what is left. Where that ended it, the time of the step is the cause
   * and not the tool.
   *
   * @throws KnownError DEADLINE_EXCEEDED
   */
  async within<T>(limitMs: number, run: (timeoutMs: number) => Promise<T>): Promise<T> {
    const left = this.demandRemainingMs()
    try {
      return await run(Math.min(left, limitMs))
    } catch (error) {
      const isTimeout = error instanceof KnownError && error.code === 'TOOL_TIMEOUT'
      throw isTimeout && left <= limitMs ? this.exceeded() : error
    }
  }

  /** What the end of the step's time is told as. */
  exceeded(): KnownError {
    return new KnownError(
      'DEADLINE_EXCEEDED',
      `the pin was not done within ${this.#totalMs / 1000} s; this attempt had pushed nothing yet`,
      { hint: 'See which attempt took long above; raise timeout-seconds if many writers compete.' },
    )
  }
}
