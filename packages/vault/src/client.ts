import { KnownError } from '@tierseal/errors'
import { type CertificateAuthority, HttpsClient, retry } from '@tierseal/https'
import type { VaultAddress } from './address.ts'
import {
  type Answer,
  type Login,
  parseAnswer,
  parseLogin,
  parseWrapped,
  protocolError,
  type Wrapped,
} from './answer.ts'
import { explainLogin } from './explain-login.ts'
import { explainUnwrapped } from './explain-read.ts'
import { explainRefusal } from './explain-refusal.ts'
import { textOf } from './json.ts'
import { type Caller, createCaller } from './node-vault-caller.ts'
import { encodeVaultPath } from './path.ts'
import { VaultRefusal } from './refusal.ts'
import type { Sender, VaultRequest } from './request.ts'
import { mayPass, pace } from './retries.ts'
import { VaultSession } from './session.ts'

export interface VaultClientOptions {
  readonly address: VaultAddress
  /** Sent only where it is not empty. */
  readonly namespace: string
  readonly ca: CertificateAuthority | undefined
  /** Deadline of one operation with all its retries. */
  readonly timeoutMs: number
  /** What the client's deadlineAt is at first. */
  readonly deadlineAt?: number | undefined
}

/** A login with a service account token of Kubernetes. */
export interface KubernetesLogin {
  readonly mount: string
  readonly role: string
  readonly jwt: string
}

/**
 * One Vault server. It holds no token: each request names its own, and a session is a token with the
 * requests that are made with it. Every failure is a KnownError without a token in it.
 */
export class VaultClient implements Sender {
  readonly address: string
  /**
   * No operation goes on after this moment (as Date.now()), whatever its own deadline; where it is undefined, each has
   * its own alone. Several operations that are one step to the user share it.
   */
  deadlineAt: number | undefined
  readonly #timeoutMs: number
  readonly #https: HttpsClient
  readonly #call: Caller
  readonly #secrets = new Set<string>()

  constructor(options: VaultClientOptions) {
    const { address, namespace, ca, timeoutMs, deadlineAt } = options
    this.address = address.text
    this.deadlineAt = deadlineAt
    this.#timeoutMs = timeoutMs
    this.#https = new HttpsClient({ ca, timeoutMs, plainHttp: address.plainHttp })
    this.#call = createCaller(this.#https, address.text, namespace)
  }

  /** Logs in; mask the token of the answer before anything else. */
  async login(login: KubernetesLogin): Promise<Login> {
    return parseLogin(await this.#login(login, undefined))
  }

  /** Logs in without seeing the token: whoever opens the wrapping token gets it. */
  async loginWrapped(login: KubernetesLogin, wrapTtlSeconds: number): Promise<Wrapped> {
    return parseWrapped(await this.#login(login, wrapTtlSeconds))
  }

  /** The path of the request that made a wrapping token, without opening it. */
  async lookupWrapping(token: string): Promise<string> {
    this.#secrets.add(token)
    const path = 'sys/wrapping/lookup'
    const { data } = await this.request({ method: 'POST', path, body: { token }, retry: 'read' })
    const creationPath = textOf(data, 'creation_path')
    if (creationPath !== undefined) return creationPath
    throw protocolError('a wrapping token without a creation path')
  }

  /**
   * Opens a wrapping token: once.
   *
   * @param what is inside, for the message where it turns out to be a deleted secret
   * @throws KnownError VAULT_WRAPPING_SPENT the second time
   */
  async unwrap(token: string, what = 'the wrapped answer'): Promise<Answer> {
    // A second one of a request that came through would look like somebody else's.
    const request = {
      method: 'POST',
      path: 'sys/wrapping/unwrap',
      token,
      retry: 'unseen',
    } as const
    try {
      return await this.send(request)
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error
      throw (
        explainUnwrapped(error, what) ??
        explainRefusal(error, this.#facts('POST sys/wrapping/unwrap'))
      )
    }
  }

  /** The requests that are made with one token. */
  session(token: string): VaultSession {
    return new VaultSession(this, token)
  }

  /**
   * Any request of the API.
   *
   * @throws KnownError of the network codes and of the codes VAULT_*
   */
  async request(request: VaultRequest): Promise<Answer> {
    try {
      return await this.send(request)
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error
      throw explainRefusal(error, this.#facts(`${request.method} ${request.path}`))
    }
  }

  /** As request, but what Vault refuses is thrown as it is, for those who can tell more about it. */
  async send(request: VaultRequest): Promise<Answer> {
    const { method, path, query = {}, body, token, wrapTtlSeconds, retry: rule = 'once' } = request
    const { graceMs = 0 } = request
    if (token !== undefined) this.#secrets.add(token)
    const deadlineAt = this.#deadlineOf(graceMs)
    const search = new URLSearchParams(query).toString()
    const target = encodeVaultPath(path) + (search === '' ? '' : `?${search}`)
    let askedAt = 0
    const attempt = (): Promise<unknown> => {
      askedAt = Date.now()
      const timeoutMs = deadlineAt - askedAt
      return this.#call({ method, path: target, body, token, wrapTtlSeconds, timeoutMs })
    }
    let passing: unknown
    const shouldRetry = (error: unknown): boolean => {
      const again = mayPass(error, rule)
      if (again) passing = error
      return again
    }
    try {
      const answer = await retry(attempt, { deadlineAt, shouldRetry, ...pace })
      return parseAnswer(answer, askedAt)
    } catch (error) {
      // A last attempt that the deadline cuts off says less than the failure for which it was made.
      throw this.#withoutSecrets(isDeadline(error) ? (passing ?? error) : error)
    }
  }

  /** Ends the idle connection, so that the process can end. */
  close(): void {
    this.#https.close()
  }

  async #login({ mount, role, jwt }: KubernetesLogin, wrapTtlSeconds?: number): Promise<Answer> {
    this.#secrets.add(jwt)
    const path = `auth/${mount}/login`
    const wrap = wrapTtlSeconds === undefined ? {} : { wrapTtlSeconds }
    try {
      return await this.send({ method: 'POST', path, body: { role, jwt }, retry: 'login', ...wrap })
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error
      throw explainLogin(error, { ...this.#facts(`POST ${path}`), mount, role })
    }
  }

  #deadlineOf(graceMs: number): number {
    const now = Date.now()
    const latest = this.deadlineAt ?? Number.POSITIVE_INFINITY
    return Math.max(Math.min(now + this.#timeoutMs, latest), now + graceMs)
  }

  #facts(doing: string): { address: string; doing: string } {
    return { address: this.address, doing }
  }

  // A server, or a proxy that calls itself one, may echo what was sent to it.
  #withoutSecrets(error: unknown): unknown {
    const clean = (text: string): string =>
      [...this.#secrets].reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
    if (error instanceof VaultRefusal) {
      const { status, errors, warnings, data, retryAfterMs } = error
      return new VaultRefusal({
        status,
        data,
        retryAfterMs,
        errors: errors.map(clean),
        warnings: warnings.map(clean),
      })
    }
    if (!(error instanceof KnownError)) return error
    const hint = error.hint === undefined ? {} : { hint: clean(error.hint) }
    return new KnownError(error.code, clean(error.message), hint)
  }
}

function isDeadline(error: unknown): boolean {
  return error instanceof KnownError && error.code === 'DEADLINE_EXCEEDED'
}
