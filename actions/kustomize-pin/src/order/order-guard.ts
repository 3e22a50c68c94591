import { log } from '@tierseal/action-kit'
import { type Code, KnownError } from '@tierseal/errors'
import { noImageDigest } from '@tierseal/oci'
import type { Origin } from '../commit-message.ts'
import type { Pin } from '../pin-line.ts'
import type { BranchHistory } from './branch-history.ts'
import type { RecordedOrigin } from './recorded-origin.ts'
import type { Related, SourceHistory } from './source-history.ts'

export interface OrderRules {
  readonly origin: Origin
  /** Proceed where the order cannot be told, as long as nobody else moves the image meanwhile. */
  readonly allowUnknownOrder: boolean
}

/** What stands in the overlay for the image of a pin. */
export interface Standing {
  readonly pin: Pin
  /** The digest there now. */
  readonly current: string | undefined
  /** The digest that was there when this step first looked. */
  readonly first: string | undefined
}

/**
 * Keeps an older build from overwriting a newer one. Whose push comes last says nothing about that: jobs
 * wait, retry and are run again. The order is that of the source's history.
 */
export class OrderGuard {
  readonly #rules: OrderRules
  readonly #branch: BranchHistory
  readonly #source: SourceHistory

  constructor(rules: OrderRules, branch: BranchHistory, source: SourceHistory) {
    this.#rules = rules
    this.#branch = branch
    this.#source = source
  }

  /**
   * Whether the pin may go in place of what stands there; `superseded` where a newer one stands.
   *
   * @throws KnownError PIN_ORDER_UNKNOWN, PIN_ORDER_DIVERGED, PIN_IMAGE_CHANGED; of the GIT_, TLS_ and connection
   *   codes where the order is unknown because the forge could not be asked
   */
  async judge({ pin, current, first }: Standing): Promise<'proceed' | 'superseded'> {
    if (current === pin.digest) return 'proceed'
    const moved = current !== first
    if (this.#rules.origin.rollbackReason !== undefined) {
      if (moved) throw changed(pin, first, current)
      return 'proceed'
    }
    if (current === undefined || current === noImageDigest) {
      if (moved) throw changed(pin, first, current)
      return 'proceed'
    }
    const recorded = await this.#branch.originOf(pin.image, current)
    const related = await this.#relate(recorded)
    const { relation } = related
    if (relation === 'older') return 'superseded'
    if (relation === 'newer' || relation === 'same') return 'proceed'
    return this.#decideUnknown({ pin, current, first }, recorded, related)
  }

  async #relate(recorded: RecordedOrigin | undefined): Promise<Related> {
    const { sourceRepository, sourceRevision } = this.#rules.origin
    if (recorded === undefined || sourceRevision === undefined) return { relation: 'unknown' }
    if (recorded.sourceRepository !== sourceRepository) return { relation: 'unknown' }
    return this.#source.relate(sourceRevision, recorded.sourceRevision)
  }

  #decideUnknown(
    { pin, current, first }: Standing,
    recorded: RecordedOrigin | undefined,
    related: Related,
  ): 'proceed' {
    if (current !== first) throw changed(pin, first, current)
    const why = this.#why(recorded, related)
    const message = `${pin.image} stands at ${current} in ${pin.overlay}; ${why}`
    if (this.#rules.allowUnknownOrder) {
      log.warning(`${message}. It is replaced all the same: allow-unknown-order is set.`)
      return 'proceed'
    }
    throw new KnownError(codeOf(related), message, { hint: hintOf(related) })
  }

  #why(recorded: RecordedOrigin | undefined, { relation, failure }: Related): string {
    const { sourceRepository, sourceRevision } = this.#rules.origin
    if (recorded === undefined)
      return 'no commit on the branch tells which source it was built from'
    const theirs = recorded.sourceRevision
    if (sourceRevision === undefined)
      return `it was built from ${theirs}, and this run names no source-revision`
    if (recorded.sourceRepository !== sourceRepository) {
      return `it was built from ${recorded.sourceRepository ?? 'an unnamed source'}, not from ${sourceRepository ?? 'a named one'}`
    }
    if (relation === 'diverged')
      return `its source ${theirs} and ours, ${sourceRevision}, are on different lines`
    if (failure !== undefined)
      return `it was built from ${theirs}, and source-url did not tell whether that is newer: ${failure.code}: ${failure.message}`
    if (!this.#source.present)
      return `it was built from ${theirs}, and there is no source checkout to compare with`
    return `the source checkout does not hold all history between ${theirs} and ${sourceRevision}`
  }
}

function codeOf({ relation, failure }: Related): Code {
  if (relation === 'diverged') return 'PIN_ORDER_DIVERGED'
  // What git says in words that nobody knows, such as that the forge does not hold the commit.
  if (failure === undefined || failure.code === 'GIT_FAILED') return 'PIN_ORDER_UNKNOWN'
  return failure.code
}

const readable: ReadonlySet<Code> = new Set([
  'GIT_UNAUTHORIZED',
  'GIT_FORBIDDEN',
  'GIT_REPOSITORY_MISSING',
])

function hintOf({ failure }: Related): string {
  if (failure === undefined) {
    return 'Check out the source with its whole history (fetch-depth: 0), give source-url where newer commits may exist, or set allow-unknown-order: true once; to go back deliberately, set rollback: true with a reason.'
  }
  const remedy = readable.has(failure.code)
    ? 'Check that source-url is the address of the source, and that source-token may read it (contents: read).'
    : (failure.hint ?? 'Read what git says.')
  return `${remedy} To pin without an answer, set allow-unknown-order: true once.`
}

function changed(pin: Pin, first: string | undefined, current: string | undefined): KnownError {
  return new KnownError(
    'PIN_IMAGE_CHANGED',
    `${pin.image} in ${pin.overlay} moved from ${first ?? 'no digest'} to ${current ?? 'no digest'} while this step ran`,
    { hint: 'Look at the last commits of the branch; run again if this pin should stand.' },
  )
}
