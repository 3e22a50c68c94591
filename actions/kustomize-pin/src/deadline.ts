import { KnownError } from '@tierseal/errors'

/** The moment at which the whole step gives up. */
export class Deadline {
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
  remainingMs(): number {
    const left = this.#at - Date.now()
    if (left > 0) return left
    throw new KnownError(
      'DEADLINE_EXCEEDED',
      `the pin was not done within ${this.#totalMs / 1000} s; nothing was pushed by this attempt`,
      { hint: 'See which attempt took long above; raise timeout-seconds if many writers compete.' },
    )
  }
}
