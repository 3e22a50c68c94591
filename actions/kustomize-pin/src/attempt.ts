import { join } from 'node:path'
import { log } from '@tierseal/action-kit'
import { applyPins, findPins } from './apply-pins.ts'
import { commitMessage, type RecordedPin } from './commit-message.ts'
import { BranchHistory } from './order/branch-history.ts'
import { OrderGuard } from './order/order-guard.ts'
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
  /** Pins that were left alone, since a newer digest stands there. */
  readonly superseded: readonly Pin[]
  /** The digest that stood there for every pin, in the order of the input. */
  readonly previous: readonly (string | undefined)[]
}

/** What must stay the same from one attempt to the next: the digest that each pin found first. */
export type FirstSeen = Map<Pin, string | undefined>

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
  const previous = found.map(({ current }) => current)
  const superseded = await judgeAll(workshop, found, seen)
  const applied = await applyPins(
    snapshot,
    pins.filter((pin) => !superseded.includes(pin)),
    kustomize,
  )
  const { changed, files } = applied
  const outcome = { base, changed, superseded, previous }
  if (changed.length === 0) return { ...outcome, commit: undefined, message: '' }
  const message = commitMessage(changed, workshop.origin)
  const tree = await snapshot.writeTree(files)
  const content = { tree, parent: base, author: workshop.author, message }
  const commit = await makeCommit(repository, content, workshop.keyring)
  return { ...outcome, commit, message }
}

async function judgeAll(
  workshop: PinWorkshop,
  found: ReturnType<typeof findPins>,
  seen: FirstSeen,
): Promise<readonly Pin[]> {
  const history = new BranchHistory(workshop.commits, workshop.branch)
  const guard = new OrderGuard(workshop, history, workshop.source)
  const superseded: Pin[] = []
  for (const { pin, current } of found) {
    if (!seen.has(pin)) seen.set(pin, current)
    const verdict = await guard.judge({ pin, current, first: seen.get(pin) })
    if (verdict === 'proceed') continue
    log.warning(
      `${pin.image} in ${pin.overlay} stays at ${current}: it was built from a newer commit.`,
    )
    superseded.push(pin)
  }
  return superseded
}
