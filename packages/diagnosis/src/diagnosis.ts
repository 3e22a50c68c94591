import type { Code } from '@tierseal/errors'

/** A failure text of a tool, what it truly means, and what to do. */
export interface Diagnosis {
  /** Matched against stderr and stdout of a tool that failed. */
  readonly pattern: RegExp
  readonly code: Code
  readonly cause: string
  readonly remedy: string
}
