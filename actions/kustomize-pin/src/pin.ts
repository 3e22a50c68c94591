import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { type Attempt, type FirstSeen, makeAttempt } from './attempt.ts'
import type { Inputs, Mode } from './inputs.ts'
import { BranchHistory } from './order/branch-history.ts'
import { type Folders, openWorkshop, type PinWorkshop } from './pin-workshop.ts'
import { openPullRequest, type Proposed } from './repository/pull-request.ts'
import { pushToBranch } from './repository/push.ts'
import { appendPinSummary } from './summary.ts'
import { UnansweredPushes } from './unanswered-pushes.ts'

/** The outputs of the step. */
export interface PinOutputs {
  /** The commit with the pins; the tip of the branch where nothing changed. */
  readonly commit: string
  readonly changed: boolean
  /** Whether at least one pin was left alone, since a newer digest stands there. */
  readonly superseded: boolean
  readonly attempts: number
  /** One line for each pin: the digest that stood there, or `none`. */
  readonly previousDigest: readonly string[]
  readonly pullRequestUrl: string | undefined
}

/**
 * Pins images by digest in the GitOps repository, in one commit, and brings it to the branch without ever
 * overwriting what another writer did meanwhile.
 *
 * @throws KnownError of the PIN_, GIT_, TLS_ and tool codes
 */
export async function pin(inputs: Inputs, folders: Folders): Promise<PinOutputs> {
  const workshop = await openWorkshop(inputs, folders)
  const pushes = new UnansweredPushes(inputs.branch)
  try {
    return await pinWith(workshop, inputs, pushes)
  } catch (error) {
    throw pushes.doubtful(error)
  }
}

async function pinWith(
  workshop: PinWorkshop,
  inputs: Inputs,
  pushes: UnansweredPushes,
): Promise<PinOutputs> {
  const seen: FirstSeen = new Map()
  for (let number = 1; number <= inputs.attempts; number++) {
    const startedAt = Date.now()
    const attempt = await makeAttempt(workshop, inputs.pins, seen)
    if (attempt.commit === undefined) {
      const landed = await pushes.findLanded(new BranchHistory(workshop.commits, inputs.branch))
      return finish(workshop, { attempt: landed ?? attempt, number, url: undefined })
    }
    const { outcome, url } = await offer(workshop, inputs.mode, attempt, attempt.commit)
    const isOver = outcome.kind === 'known' && number === inputs.attempts
    if (outcome.kind === 'landed' || isOver) return finish(workshop, { attempt, number, url })
    if (outcome.kind === 'unclear') pushes.add(attempt, outcome.failure)
    log.info(`${reasons[outcome.kind]} (attempt ${number} of ${inputs.attempts}).`)
    const pauseMs = backoffMs(number, Date.now() - startedAt)
    await sleep(inputs.mode === 'push' ? pauseMs : Math.max(pauseMs, nextSecondMs()))
  }
  throw new KnownError('PIN_RACE_LOST', `no push got through in ${inputs.attempts} attempts`, {
    hint: 'Other writers were faster each time, or the server failed: the log says which. Run again.',
  })
}

const reasons = {
  lost: 'Another writer was faster',
  known: 'The server has this commit already, and names a pull request to a new one only',
  unclear: 'The server did not say whether it took the push',
} as const

async function offer(
  { git, repository, branch }: PinWorkshop,
  mode: Mode,
  { changed, message }: Attempt,
  commit: string,
): Promise<Proposed> {
  if (mode === 'push') {
    return { outcome: await pushToBranch(git, repository, commit, branch), url: undefined }
  }
  const proposal = { commit, branch, pins: changed, message }
  return openPullRequest(git, repository, proposal)
}

async function finish(
  { repository, keyring, unencrypted }: PinWorkshop,
  { attempt, number, url }: { attempt: Attempt; number: number; url: string | undefined },
): Promise<PinOutputs> {
  const { base, commit, changed, confirmed, superseded, previous } = attempt
  const diff = commit === undefined ? '' : ((await repository.tryDiff(base, commit)) ?? '')
  const outputs = {
    commit: commit ?? base,
    changed: changed.length > 0,
    superseded: superseded.length > 0,
    attempts: number,
    previousDigest: previous.map((digest) => digest ?? 'none'),
    pullRequestUrl: url,
  }
  const known = { pins: changed, confirmed, left: superseded, diff, unencrypted }
  appendPinSummary({ ...outputs, ...known, signedBy: keyring?.fingerprint })
  return outputs
}

// In proportion to how long an attempt took: when many writers share a machine or a server, each attempt
// slows all others down, and only writers who spread over several attempts' time get through.
function backoffMs(attempt: number, tookMs: number): number {
  return Math.min(Math.max(tookMs, 100) * 2 ** attempt, 20_000) * Math.random()
}

// Gitea names the pull request only to a commit that it has not seen, and two of one second are one commit.
function nextSecondMs(): number {
  return 1005 - (Date.now() % 1000)
}
