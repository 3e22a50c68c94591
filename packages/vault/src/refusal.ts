import type { JsonRecord } from './json.ts'

/** What Vault answered instead of what was asked. Internal: callers get a KnownError. */
export class VaultRefusal extends Error {
  override readonly name = 'VaultRefusal'
  readonly status: number
  /** Every error of the answer, with tokens removed; node-vault keeps only the first. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  readonly data: JsonRecord | undefined
  /** The pause that the server asked for, where it asked for one. */
  readonly retryAfterMs: number | undefined

  constructor(answer: {
    status: number
    errors: readonly string[]
    warnings: readonly string[]
    data: JsonRecord | undefined
    retryAfterMs: number | undefined
  }) {
    const { status, errors, retryAfterMs } = answer
    const said = errors.length === 0 ? 'no reason given' : errors.join('; ')
    const asked =
      retryAfterMs === undefined ? '' : `; come back in ${Math.ceil(retryAfterMs / 1000)} s`
    super(`${status} ${said}${asked}`)
    this.status = status
    this.errors = errors
    this.warnings = answer.warnings
    this.data = answer.data
    this.retryAfterMs = retryAfterMs
  }
}
