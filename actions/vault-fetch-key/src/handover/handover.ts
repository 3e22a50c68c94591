import type { HandleServer, KeyHandle, Login, VaultClient } from '@tierseal/vault'
import type { Inputs } from '../inputs.ts'
import type { PublishedKey } from '../public-key.ts'
import type { ServiceAccountToken } from '../service-account-token.ts'

/** What the step hands on, and what an auditor wants to know of it. */
export interface Fetched {
  readonly handle: KeyHandle
  /** The token that was used and revoked; undefined where none was seen. */
  readonly login: Login | undefined
  readonly published: PublishedKey | undefined
  readonly keyVersion: number | undefined
  /** What Vault's audit log calls the read of the key; undefined where an answer was held back, which has none. */
  readonly readRequestId: string | undefined
  /** Of the wrapping token, by which Vault's audit log names the read that it holds. */
  readonly wrappingAccessor: string | undefined
}

/** What a handover works with. */
export interface FetchContext {
  readonly client: VaultClient
  readonly inputs: Inputs
  readonly token: ServiceAccountToken
  readonly server: HandleServer
}
