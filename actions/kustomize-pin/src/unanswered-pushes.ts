import { KnownError } from '@tierseal/errors'
import type { Attempt } from './attempt.ts'
import type { BranchHistory } from './order/branch-history.ts'

// A server that fails at every push is told soon; one that is restarted comes back meanwhile.
const maxFailures = 5

/** The pushes of a step to which no answer came: each may have been taken or not. */
export class UnansweredPushes {
  readonly #branch: string
  readonly #attempts: Attempt[] = []

  constructor(branch: string) {
    this.#branch = branch
  }

  /**
   * @param failure what came instead of an answer
   * @throws the failure, where no further push would help
   */
  add(attempt: Attempt, failure: KnownError): void {
    this.#attempts.push(attempt)
    const hopeless = this.#attempts.length === maxFailures
    if (hopeless || failure.code === 'DEADLINE_EXCEEDED') throw failure
  }

  /** The newest that is on the branch: it was taken, whatever stands on top of it now. */
  async findLanded(history: BranchHistory): Promise<Attempt | undefined> {
    for (const attempt of this.#attempts.toReversed()) {
      if (attempt.commit !== undefined && (await history.holds(attempt.commit))) return attempt
    }
    return undefined
  }

  /** The failure of the step; where a push may have been taken, it says so. */
  doubtful(error: unknown): unknown {
    const commit = this.#attempts.at(-1)?.commit
    if (!(error instanceof KnownError) || commit === undefined) return error
    const doubt = `No answer came to the push of ${commit} for ${this.#branch}, which may have been taken all the same.`
    const safe = 'Running again is safe: a pin that stands there makes no second commit.'
    return new KnownError(error.code, `${error.message}\n${doubt}`, {
      hint: error.hint === undefined ? safe : `${error.hint} ${safe}`,
      cause: error,
    })
  }
}
