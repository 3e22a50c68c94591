import type { Code } from '@tierseal/errors'
import type { Origin } from '../commit-message.ts'
import type { RecordedOrigin } from './recorded-origin.ts'
import type { Related } from './source-history.ts'

/** What is known where the order of two builds is not. */
export interface UnknownOrder {
  readonly origin: Origin
  readonly recorded: RecordedOrigin | undefined
  readonly related: Related
  /** Whether there is a source checkout. */
  readonly present: boolean
}

/** A cause, in words that follow the name of the image, and what helps against this one. */
export interface Cause {
  readonly code: Code
  readonly why: string
  readonly hint: string
}

const runbook = 'docs/runbooks/roll-back.md of tierseal'
const once = `To pin without an answer, set allow-unknown-order: true once (${runbook}).`

/** Why the order is unknown; each cause has a hint of its own. */
export function explainUnknown({ origin, recorded, related, present }: UnknownOrder): Cause {
  const { sourceRepository, sourceRevision } = origin
  if (recorded === undefined) {
    return unknown(
      'no commit on the branch tells which source it was built from',
      `Look at who wrote it, and why. ${once}`,
    )
  }
  const theirs = recorded.sourceRevision
  if (sourceRevision === undefined) {
    return unknown(
      `it was built from ${theirs}, and this run names no source-revision`,
      `Give source-revision. ${once}`,
    )
  }
  if (recorded.sourceRepository !== sourceRepository) {
    return unknown(
      `it was built from ${recorded.sourceRepository ?? 'an unnamed source'}, not from ${sourceRepository ?? 'a named one'}`,
      `Check source-repository: two sources have no order. ${once}`,
    )
  }
  return explainRelation(theirs, sourceRevision, related, present)
}

function explainRelation(
  theirs: string,
  ours: string,
  { relation, failure }: Related,
  present: boolean,
): Cause {
  if (relation === 'diverged') {
    return {
      code: 'PIN_ORDER_DIVERGED',
      why: `its source ${theirs} and ours, ${ours}, are on different lines`,
      hint: `Merge the two lines and build again, or go back deliberately with rollback: true and a reason (${runbook}).`,
    }
  }
  if (failure !== undefined) return explainFailure(theirs, failure)
  const why = present
    ? `the source checkout does not hold all history between ${theirs} and ${ours}`
    : `it was built from ${theirs}, and there is no source checkout to compare with`
  const hint = 'Check out the source with its whole history (fetch-depth: 0)'
  return unknown(why, `${hint}, and give source-url where newer commits may exist. ${once}`)
}

const readable: ReadonlySet<Code> = new Set([
  'GIT_UNAUTHORIZED',
  'GIT_FORBIDDEN',
  'GIT_REPOSITORY_MISSING',
])

function explainFailure(theirs: string, failure: NonNullable<Related['failure']>): Cause {
  const { code, message, hint = 'Read what git says.' } = failure
  const remedy = readable.has(code)
    ? 'Check that source-url is the address of the source, and that source-token may read it (contents: read).'
    : hint
  return {
    // What git says in words that nobody knows, such as that the forge does not hold the commit.
    code: code === 'GIT_FAILED' ? 'PIN_ORDER_UNKNOWN' : code,
    why: `it was built from ${theirs}, and source-url did not tell whether that is newer: ${code}: ${message}`,
    hint: `${remedy} ${once}`,
  }
}

function unknown(why: string, hint: string): Cause {
  return { code: 'PIN_ORDER_UNKNOWN', why, hint }
}
