import {
  type Markdown,
  type SummaryRow,
  summaryCode,
  summaryNote,
  summaryTable,
} from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
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

/**
 * Fails the step where an image failed, after everything else was reported.
 *
 * @throws the one error there is; KnownError with the first code where there are several
 */
export function refuseFailures({ failed, signed }: Report): void {
  const [first] = failed
  if (first === undefined) return
  if (failed.length === 1) throw first.error
  const known = failed.find(({ error }) => error instanceof KnownError)?.error
  if (!(known instanceof KnownError)) throw first.error
  const list = failed.map(({ image, error }) => `${nameOf(image)}: ${messageOf(error)}`)
  const message = `${failed.length} images failed, ${signed.length} are signed:\n${list.join('\n')}`
  throw new KnownError(known.code, message, {
    ...(known.hint === undefined ? {} : { hint: known.hint }),
    cause: known,
  })
}
