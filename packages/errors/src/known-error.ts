import type { Code } from './codes.ts'

export interface KnownErrorOptions {
  /** What the reader can do about it: one imperative sentence or two. */
  readonly hint?: string
  readonly cause?: unknown
  /** The parts of the message for a machine, as JSON takes them; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * A failure with a known cause. Everything else that is thrown is a bug and shows its stack.
 *
 * The message says what happened, to which value (never a secret) and what was expected;
 * the hint says what to do. Both may hold several lines.
 */
export class KnownError extends Error {
  override readonly name = 'KnownError'
  readonly code: Code
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: Code, message: string, options: KnownErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.details = options.details
  }
}
