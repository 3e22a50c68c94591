import type { IncomingHttpHeaders } from 'node:http'
import { KnownError } from '@tierseal/errors'

/** Of no answer more is read: a manifest is at most 4 MiB by convention, a Vault answer far less. */
export const maxAnswerBytes = 16 * 1024 * 1024

/** ANSWER_TOO_LARGE, with how large the answer is. */
export class AnswerTooLargeError extends KnownError {
  /** What the server announced, in bytes; undefined where it announced nothing. */
  readonly announcedBytes: number | undefined

  constructor({ origin, pathname }: URL, headers: IncomingHttpHeaders) {
    const most = `${maxAnswerBytes / 1024 / 1024} MiB`
    super('ANSWER_TOO_LARGE', `${origin}: the answer to ${pathname} has over ${most}`, {
      hint: 'Look at what is stored there; nothing that is asked for is as large.',
    })
    const { 'content-length': length } = headers
    this.announcedBytes = length === undefined ? undefined : Number(length)
  }
}
