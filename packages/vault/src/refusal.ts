import type { JsonRecord } from './json.ts'

/** What Vault answered instead of what was asked. Internal: callers get a KnownError. */
export class VaultRefusal extends Error {
  override readonly name = 'VaultRefusal'
  readonly status: number
  /** Every error of the answer, with tokens removed; node-vault keeps only the first. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  readonly data: JsonRecord | undefined

  constructor(answer: {
    status: number
    errors: readonly string[]
    warnings: readonly string[]
    data: JsonRecord | undefined
  }) {
    const said = answer.errors.length === 0 ? 'no reason given' : answer.errors.join('; ')
    super(`${answer.status} ${said}`)
    this.status = answer.status
    this.errors = answer.errors
    this.warnings = answer.warnings
    this.data = answer.data
  }
}
