import { KnownError, messageOf } from '@tierseal/errors'
import { type Answer, type KvRead, parseKvRead, parseWrapped, type Wrapped } from './answer.ts'
import { explainRead } from './explain-read.ts'
import { explainRefusal } from './explain-refusal.ts'
import { type JsonRecord, numberOf, textsOf } from './json.ts'
import { type KvSecret, kvDataPath } from './path.ts'
import { VaultRefusal } from './refusal.ts'
import type { Sender, VaultRequest } from './request.ts'

/** A read of one secret, in KV version 2 perhaps of a certain version. */
export interface KvReadRequest extends KvSecret {
  /** Undefined means the latest; KV version 1 has no versions. */
  readonly version?: number | undefined
}

// A step that ran into its deadline still owes the revocation.
const revocationMs = 5000

/** Where a token revokes itself. */
export const revokeSelfPath = 'auth/token/revoke-self'

/** The requests that are made with one token. */
export class VaultSession {
  readonly #sender: Sender
  readonly #token: string
  #mayRevokeItself = false

  constructor(sender: Sender, token: string) {
    this.#sender = sender
    this.#token = token
  }

  /** The values of a secret. */
  async readKv(secret: KvReadRequest): Promise<KvRead> {
    return parseKvRead(await this.#read(secret, undefined), secret.kvVersion)
  }

  /** A secret held back behind a single-use token, which outlives the revocation of this one. */
  async readKvWrapped(secret: KvReadRequest, wrapTtlSeconds: number): Promise<Wrapped> {
    return parseWrapped(await this.#read(secret, wrapTtlSeconds))
  }

  /**
   * Writes a secret of KV version 2 where it is still of the version given (0: not there yet).
   * Returns the version written.
   *
   * @throws KnownError VAULT_WRITE_CONFLICT
   */
  async writeKv(
    secret: Omit<KvSecret, 'kvVersion'>,
    data: JsonRecord,
    checkAndSet: number,
  ): Promise<number> {
    const path = kvDataPath({ ...secret, kvVersion: 2 })
    const body = { options: { cas: checkAndSet }, data }
    const answer = await this.request({ method: 'POST', path, body })
    return numberOf(answer.data, 'version') ?? 0
  }

  /** What this token may do on each path: `deny` alone means nothing. */
  async capabilities(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const path = 'sys/capabilities-self'
    const { data } = await this.request({ method: 'POST', path, body: { paths }, retry: 'read' })
    const found = new Map(paths.map((asked) => [asked, textsOf(data, asked)]))
    const rights = found.get(revokeSelfPath) ?? []
    if (rights.includes('update') || rights.includes('root')) this.#mayRevokeItself = true
    return found
  }

  /**
   * Revokes this token. Vault answers the same 403 for a token that is gone and for one whose policies
   * lack the right, so it counts as gone only where capabilities() has seen the right before.
   *
   * @throws KnownError VAULT_REVOKE_FAILED where it lives on, or may do so
   */
  async revokeSelf(): Promise<'revoked' | 'already gone'> {
    const path = revokeSelfPath
    try {
      const token = this.#token
      await this.#sender.send({ method: 'POST', path, token, retry: 'read', graceMs: revocationMs })
      return 'revoked'
    } catch (error) {
      const denied = error instanceof VaultRefusal && error.status === 403
      if (denied && this.#mayRevokeItself) return 'already gone'
      throw new KnownError(
        'VAULT_REVOKE_FAILED',
        `the token was not revoked and lives until its time is over: ${messageOf(error)}`,
        {
          hint: denied
            ? `Grant update on ${revokeSelfPath} in the policy of the role; revoke this one by its accessor.`
            : 'Look at the log of Vault; revoke it by its accessor.',
        },
      )
    }
  }

  /** What stands at a path of the API, or undefined where nothing does. */
  async find(path: string): Promise<JsonRecord | undefined> {
    const token = this.#token
    try {
      return (await this.#sender.send({ method: 'GET', path, token, retry: 'read' })).data
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error
      if (error.status === 404 && error.errors.length === 0) return undefined
      throw explainRefusal(error, { address: this.#sender.address, doing: `GET ${path}` })
    }
  }

  /** Any request of the API with this token. */
  request(request: Omit<VaultRequest, 'token'>): Promise<Answer> {
    return this.#sender.request({ ...request, token: this.#token })
  }

  async #read(secret: KvReadRequest, wrapTtlSeconds: number | undefined): Promise<Answer> {
    const { version } = secret
    const path = kvDataPath(secret)
    const query = version === undefined ? {} : { query: { version: String(version) } }
    const wrap = wrapTtlSeconds === undefined ? {} : { wrapTtlSeconds }
    const token = this.#token
    try {
      return await this.#sender.send({
        method: 'GET',
        path,
        token,
        retry: 'read',
        ...query,
        ...wrap,
      })
    } catch (error) {
      if (error instanceof VaultRefusal) throw explainRead(error, secret, this.#sender.address)
      throw error
    }
  }
}
