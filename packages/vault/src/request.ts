import type { Answer } from './answer.ts'
import type { RetryRule } from './retries.ts'
import type { VaultMethod } from './transport.ts'

/** One request of the API, for callers that need what has no method of its own. */
export interface VaultRequest {
  readonly method: VaultMethod
  /** Without `/v1/`, not encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  readonly token?: string
  readonly wrapTtlSeconds?: number
  /** Default `once`. */
  readonly retry?: RetryRule
  /** Time that this request gets even where the deadline has passed. */
  readonly graceMs?: number
}

/** Sends requests for a session. */
export interface Sender {
  /** The server, for messages. */
  readonly address: string
  /** @throws KnownError */
  request(request: VaultRequest): Promise<Answer>
  /** @throws VaultRefusal where Vault refuses; KnownError where it does not answer */
  send(request: VaultRequest): Promise<Answer>
}
