import { appendSummary, log, type Markdown, summaryCode, summaryTable } from '@tierseal/action-kit'
import type { RecordedPin } from './commit-message.ts'
import type { Pin } from './pin-line.ts'

/** What the step did, for a person. */
export interface PinReport {
  readonly commit: string
  readonly changed: boolean
  readonly attempts: number
  readonly pullRequestUrl: string | undefined
  readonly pins: readonly RecordedPin[]
  /** Pins whose digest stood there, and of which the commit only says that a newer build made it too. */
  readonly confirmed: readonly RecordedPin[]
  /** Pins that stayed behind a newer digest. */
  readonly left: readonly Pin[]
  readonly diff: string
  /** Fingerprint of the key that signed the commit; not every way of merging keeps a signature. */
  readonly signedBy: string | undefined
  /** The addresses that were reached without TLS. */
  readonly unencrypted: readonly string[]
}

/** Writes the job summary and a line of the log for each pin. */
export function appendPinSummary(report: PinReport): void {
  const { pins, confirmed, left, commit, attempts, pullRequestUrl, diff, signedBy, unencrypted } =
    report
  for (const { overlay, image, digest } of pins)
    log.info(`Pinned ${image}@${digest} in ${overlay}.`)
  for (const { overlay, image, digest } of confirmed)
    log.info(
      `${image}@${digest} stands in ${overlay}; the commit says that this build made it too.`,
    )
  if (pins.length + confirmed.length === 0) log.info('Nothing to change: no commit was made.')
  const advice = signedBy === undefined ? unsignedAdvice : signedAdvice
  // Said here too: Gitea before 1.27 shows no summary.
  if (pullRequestUrl !== undefined) log.info(`Merge the pull request by ${advice}.`)
  const rows = [
    ...pins.map(({ overlay, image, digest }) => [overlay, `${image}@${digest}`] as const),
    ...confirmed.map(
      ({ overlay, image }) => [overlay, `${image} stands, and now comes from this build`] as const,
    ),
    ...left.map(({ overlay, image }) => [overlay, `${image} left at a newer digest`] as const),
    [pins.length + confirmed.length > 0 ? 'commit' : 'branch stays at', commit] as const,
    ...(pullRequestUrl === undefined ? [] : [['pull request', pullRequestUrl] as const]),
    ...(pullRequestUrl === undefined ? [] : [['merge it by', advice] as const]),
    ['attempts', String(attempts)] as const,
    ...(report.changed ? [['signed by', signedBy ?? 'nobody'] as const] : []),
    ...unencrypted.map((url) => ['insecure', `plain-http: ${url}`] as const),
  ]
  const heading = report.changed ? 'kustomize-pin' : 'kustomize-pin: nothing to change'
  appendSummary(summaryTable(heading, rows), ...shown(diff))
}

// Tried with a real Gitea (docs/decisions/0096-merging-a-signed-pin.md).
const signedAdvice = 'fast-forward-only: other styles may replace the signed commit'
// A squash by the API of Gitea keeps the title alone: the trailers are gone.
const unsignedAdvice =
  'fast-forward-only, rebase or merge: the next pin reads the trailers of the commit'

// The whole diff of a large site would fill the summary, which has a limit at every forge.
function shown(diff: string): readonly Markdown[] {
  return diff === '' ? [] : [summaryCode('diff', diff.slice(0, 20_000).trimEnd())]
}
