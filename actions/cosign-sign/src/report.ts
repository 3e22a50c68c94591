import {
  log,
  type Markdown,
  type SummaryRow,
  summaryCode,
  summaryNote,
  summaryTable,
} from '@tierseal/action-kit'
import { joinFailures } from '@tierseal/errors'
import { nameOf } from './arguments.ts'
import type { Report } from './sign.ts'

/** The outputs of the step, named as in action.yml. */
export function outputsOf(report: Report): Readonly<Record<string, string | readonly string[]>> {
  const namesOf = (skipped: boolean): readonly string[] =>
    report.signed
      .filter((entry) => entry.skipped === skipped)
      .map(({ target }) => nameOf(target.image))
  return {
    signature: report.signed.map(({ signature }) => signature),
    'verify-command': report.verifyCommands,
    signed: namesOf(false),
    skipped: namesOf(true),
    fingerprint: report.publicKey.fingerprint,
    format: report.format,
  }
}

/** The job summary: what was signed, with what, and how anybody can check it. */
export function summaryOf(report: Report): readonly Markdown[] {
  const { format, cosignVersion, publicKey, signed, failed, verifyCommands, caveat } = report
  const rows: SummaryRow[] = [
    ['Format', format],
    ['cosign', cosignVersion],
    ['Public key', publicKey.fingerprint],
    ...signed.map(({ target, skipped, signature }): SummaryRow => {
      return [skipped ? 'Already signed' : 'Signed', `${nameOf(target.image)} → ${signature}`]
    }),
    ...failed.map(({ image }): SummaryRow => ['Failed', nameOf(image)]),
  ]
  return [
    summaryTable('cosign-sign', rows),
    ...(caveat === undefined ? [] : [summaryNote(caveat)]),
    summaryCode('sh', verifyCommands.join('\n')),
  ]
}

/** What a runbook sends an operator to, for forges that show no summary (Gitea before 1.27). */
export function logReport({ publicKey, verifyCommands }: Report): void {
  log.info(`Fingerprint of the public key: ${publicKey.fingerprint}`)
  for (const command of verifyCommands) log.info(`Verify with: ${command}`)
}

/**
 * Fails the step where an image failed, after everything else was reported.
 *
 * @throws the one error there is, or one for several
 */
export function refuseFailures({ failed, signed }: Report): void {
  if (failed.length === 0) return
  const failures = failed.map(({ image, error }) => ({ name: nameOf(image), error }))
  throw joinFailures(failures, `${failed.length} images failed, ${signed.length} are signed:`)
}
