import { join } from 'node:path'
import { log } from '@tierseal/action-kit'
import { applyPins, type FoundPin, findPins } from './apply-pins.ts'
import { commitMessage, type RecordedPin } from './commit-message.ts'
import type { Version } from './kustomization/pin-entry.ts'
import { BranchHistory } from './order/branch-history.ts'
import { OrderGuard, type Verdict } from './order/order-guard.ts'
import type { Pin } from './pin-line.ts'
import type { PinWorkshop } from './pin-workshop.ts'
import { makeCommit } from './repository/make-commit.ts'
import { Snapshot } from './repository/snapshot.ts'

/** A commit that is ready to be offered, or the reason why there is none. */
export interface Attempt {
  /** The tip of the branch that it was made from. */
  readonly base: string
  /** Undefined where nothing is to change. */
  readonly commit: string | undefined
  readonly message: string
  readonly changed: readonly RecordedPin[]
  /** Pins whose digest stands there, and whose commit says from which newer build it now comes. */
  readonly confirmed: readonly RecordedPin[]
  /** Pins that were left alone, since a newer digest stands there. */
  readonly superseded: readonly Pin[]
  /** The digest that stood there for every pin, in the order of the input. */
  readonly previous: readonly (string | undefined)[]
}

/** What must stay the same from one attempt to the next: the version that each pin found first. */
export type FirstSeen = Map<Pin, Version>

/**
 * Makes the commit from the branch as it is now: fetch, order guard, edit, proof, commit. Nothing of an
 * earlier attempt is kept but what each pin saw first.
 *
 * @throws KnownError of every PIN_ code
 */
export async function makeAttempt(
  workshop: PinWorkshop,
  pins: readonly Pin[],
  seen: FirstSeen,
): Promise<Attempt> {
  const { repository, directory, kustomize } = workshop
  const base = await repository.fetchTip(workshop.branch, workshop.fetchScope)
  const overlays = [...new Set(pins.map(({ overlay }) => overlay))]
  const snapshot = await Snapshot.take(repository, base, overlays, join(directory, 'attempt'))
  const found = findPins(snapshot, pins)
  const previous = found.map(({ current }) => current.digest)
  const verdicts = await judgeAll(workshop, found, seen)
  const superseded = pins.filter((pin) => verdicts.get(pin) === 'superseded')
  const { changed, files } = await applyPins(
    snapshot,
    pins.filter((pin) => !superseded.includes(pin)),
    kustomize,
  )
  const confirmed = confirmable(workshop, found, verdicts)
  const outcome = { base, changed, confirmed, superseded, previous }
  const recorded = [...changed, ...confirmed]
  if (recorded.length === 0) return { ...outcome, commit: undefined, message: '' }
  const message = commitMessage(recorded, workshop.origin)
  const tree = await snapshot.writeTree(files)
  const content = { tree, parent: base, author: workshop.author, message }
  const commit = await makeCommit(repository, content, workshop.keyring)
  return { ...outcome, commit, message }
}

async function judgeAll(
  workshop: PinWorkshop,
  found: readonly FoundPin[],
  seen: FirstSeen,
): Promise<ReadonlyMap<Pin, Verdict>> {
  const history = new BranchHistory(workshop.commits, workshop.branch)
  const guard = new OrderGuard(workshop, history, workshop.source)
  const verdicts = new Map<Pin, Verdict>()
  for (const { pin, current } of found) {
    const first = seen.get(pin) ?? current
    seen.set(pin, first)
    const verdict = await guard.judge({ pin, current, first })
    verdicts.set(pin, verdict)
    warnOf(pin, current, verdict)
  }
  return verdicts
}

function warnOf({ image, overlay }: Pin, { digest, tag }: Version, verdict: Verdict): void {
  if (verdict === 'superseded') {
    log.warning(`${image} in ${overlay} stays at ${digest}: it was built from a newer commit.`)
  } else if (tag !== undefined) {
    log.warning(
      `${image} in ${overlay} is no longer at the tag ${tag}: the digest takes its place.`,
    )
  }
}

// A pull request without a change would be one more thing to merge, and whoever merges decides there anyway.
function confirmable(
  { mode }: PinWorkshop,
  found: readonly FoundPin[],
  verdicts: ReadonlyMap<Pin, Verdict>,
): readonly RecordedPin[] {
  if (mode === 'pull-request') return []
  return found
    .filter(({ pin, current }) => verdicts.get(pin) === 'confirm' && current.tag === undefined)
    .map(({ pin: { overlay, image, digest }, current }) => ({
      overlay,
      image,
      digest,
      previous: current,
    }))
}
