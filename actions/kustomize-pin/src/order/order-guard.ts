import { log } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { noImageDigest } from '@tierseal/oci'
import type { Origin } from '../commit-message.ts'
import type { Version } from '../kustomization/pin-entry.ts'
import type { Pin } from '../pin-line.ts'
import type { BranchHistory } from './branch-history.ts'
import type { RecordedOrigin } from './recorded-origin.ts'
import type { Related, SourceHistory } from './source-history.ts'
import { explainUnknown } from './unknown-order.ts'

export interface OrderRules {
  readonly origin: Origin
  /** Proceed where the order cannot be told, as long as nobody else moves the image meanwhile. */
  readonly allowUnknownOrder: boolean
}

// A reproducible build can give one digest to a hundred commits; each is a question to git.
const mostRevisions = 10

/** What stands in the overlay for the image of a pin. */
export interface Standing {
  readonly pin: Pin
  /** What is there now. */
  readonly current: Version
  /** What was there when this step first looked. */
  readonly first: Version
}

/**
 * `superseded`: a newer build stands there. `confirm`: the same digest stands there, on record as that of an
 * older build only; a build between the two would take its place.
 */
export type Verdict = 'proceed' | 'confirm' | 'superseded'

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
   * Whether the pin may go in place of what stands there.
   *
   * @throws KnownError PIN_ORDER_UNKNOWN, PIN_ORDER_DIVERGED, PIN_IMAGE_CHANGED; of the GIT_, TLS_ and connection
   *   codes where the order is unknown because the forge could not be asked
   */
  async judge(standing: Standing): Promise<Verdict> {
    const { pin, current } = standing
    const rollback = this.#rules.origin.rollbackReason !== undefined
    if (current.digest === pin.digest) return rollback ? 'proceed' : this.#judgeSame(pin)
    if (rollback || current.digest === undefined || current.digest === noImageDigest) {
      demandUnmoved(standing)
      return 'proceed'
    }
    const origins = await this.#branch.originsOf(pin.image, current.digest)
    const related = await this.#relateToNewest(origins)
    const { relation } = related
    if (relation === 'older') return 'superseded'
    if (relation === 'newer' || relation === 'same') return 'proceed'
    return this.#decideUnknown(standing, origins[0], related)
  }

  async #judgeSame({ image, digest }: Pin): Promise<Verdict> {
    if (this.#rules.origin.sourceRevision === undefined) return 'proceed'
    const origins = await this.#branch.originsOf(image, digest)
    const { relation } = await this.#relateToNewest(origins)
    return relation === 'newer' ? 'confirm' : 'proceed'
  }

  /**
   * How this build stands to the newest one of these. The last commit need not be of the newest build: a slow job may
   * have brought the same digest to another overlay.
   */
  async #relateToNewest([last, ...before]: readonly RecordedOrigin[]): Promise<Related> {
    const related = await this.#relate(last)
    if (related.relation !== 'newer') return related
    const revisions = new Set([last?.sourceRevision])
    for (const origin of before) {
      if (revisions.has(origin.sourceRevision)) continue
      revisions.add(origin.sourceRevision)
      if (revisions.size > mostRevisions) break
      const other = await this.#relate(origin)
      if (other.relation === 'older' || other.relation === 'same') return other
    }
    return related
  }

  async #relate(recorded: RecordedOrigin | undefined): Promise<Related> {
    const { sourceRepository, sourceRevision } = this.#rules.origin
    if (recorded === undefined || sourceRevision === undefined) return { relation: 'unknown' }
    if (recorded.sourceRepository !== sourceRepository) return { relation: 'unknown' }
    return this.#source.relate(sourceRevision, recorded.sourceRevision)
  }

  #decideUnknown(
    standing: Standing,
    recorded: RecordedOrigin | undefined,
    related: Related,
  ): Verdict {
    demandUnmoved(standing)
    const { pin, current } = standing
    const { origin, allowUnknownOrder } = this.#rules
    const present = this.#source.present
    const { code, why, hint } = explainUnknown({ origin, recorded, related, present })
    const message = `${pin.image} stands at ${current.digest} in ${pin.overlay}; ${why}`
    if (!allowUnknownOrder) throw new KnownError(code, message, { hint })
    log.warning(`${message}. It is replaced all the same: allow-unknown-order is set.`)
    return 'proceed'
  }
}

function demandUnmoved({ pin, current, first }: Standing): void {
  if (current.digest === first.digest && current.tag === first.tag) return
  throw new KnownError(
    'PIN_IMAGE_CHANGED',
    `${pin.image} in ${pin.overlay} moved from ${shown(first)} to ${shown(current)} while this step ran`,
    { hint: 'Look at the last commits of the branch; run again if this pin should stand.' },
  )
}

function shown({ digest, tag }: Version): string {
  return digest ?? (tag === undefined ? 'no digest' : `the tag ${tag}`)
}
