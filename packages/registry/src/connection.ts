import { KnownError } from '@tierseal/errors'
import {
  type CertificateAuthority,
  type ClientCertificate,
  HttpsClient,
  type HttpsResponse,
  retry,
} from '@tierseal/https'
import { tryJson } from '@tierseal/json'
import { BusyError, explainAnswer, refusePage } from './answers.ts'
import { Authorization } from './authorization.ts'
import type { Credentials } from './credentials.ts'

export interface RegistryClientOptions {
  /** `host[:port]`, as in a reference. */
  readonly host: string
  readonly ca?: CertificateAuthority | undefined
  readonly credentials?: Credentials | undefined
  readonly clientCertificate?: ClientCertificate | undefined
  /** Only where the user asked for it by name. */
  readonly plainHttp?: boolean | undefined
  /** Deadline of one operation with all its retries. */
  readonly timeoutMs: number
}

/** One question to a registry. */
export interface Question {
  readonly method?: 'GET' | 'HEAD'
  /** The repository. */
  readonly path: string
  /** What comes after the repository in the address, such as `tags/list`. */
  readonly rest: string
  readonly accept: string
}

/** What every view of one registry has in common. */
interface Shared {
  readonly https: HttpsClient
  readonly authorization: Authorization
}

/**
 * Asks one registry: challenges are met, and 429, 5xx and broken connections tried again until the
 * deadline. Every other answer is given as it came.
 */
export class RegistryConnection {
  readonly #options: RegistryClientOptions
  readonly #shared: Shared
  readonly #endsAt: number

  constructor(
    options: RegistryClientOptions,
    shared = share(options),
    endsAt = Number.POSITIVE_INFINITY,
  ) {
    this.#options = options
    this.#shared = shared
    this.#endsAt = endsAt
  }

  /** The same connection, which asks nothing from then on (as Date.now()). */
  until(endsAt: number): RegistryConnection {
    return new RegistryConnection(this.#options, this.#shared, Math.min(endsAt, this.#endsAt))
  }

  /** When an operation that begins now has to have ended (as Date.now()). */
  deadlineAt(): number {
    return Math.min(Date.now() + this.#options.timeoutMs, this.#endsAt)
  }

  /**
   * @throws KnownError REGISTRY_BUSY, DEADLINE_EXCEEDED, and those of the network and of a token server
   */
  async ask(question: Question): Promise<HttpsResponse> {
    const deadlineAt = this.deadlineAt()
    if (deadlineAt <= Date.now()) throw tooLate(this.subject(question.path, question.rest))
    const attempt = async (): Promise<HttpsResponse> => {
      const response = await this.#askOnce(question, deadlineAt)
      if (response.status !== 429 && response.status < 500) return response
      throw explainAnswer(response, this.subject(question.path, question.rest), false)
    }
    return retry(attempt, { deadlineAt, attempts: 6, shouldRetry: mayPass, pauseMs: askedPause })
  }

  /** Reads every page of a list, from the first answer on. */
  async readPages<T>(
    first: HttpsResponse,
    path: string,
    read: (body: unknown) => readonly T[],
  ): Promise<readonly T[]> {
    const all: T[] = []
    let response = first
    const within = this.until(this.deadlineAt())
    for (;;) {
      all.push(...read(tryJson(response.body.toString('utf8'))))
      const rest = nextPage(response, path)
      if (rest === undefined) return all
      response = await within.ask({ path, rest, accept: '*/*' })
      this.demandSuccess(response, this.subject(path, rest))
    }
  }

  /** @throws KnownError where the answer is no 200, or a page for people */
  demandSuccess(response: HttpsResponse, subject: string): void {
    if (response.status !== 200) {
      throw explainAnswer(response, subject, this.#options.credentials !== undefined)
    }
    refusePage(response, subject)
  }

  /** What messages call a thing of a repository. */
  subject(path: string, what: string): string {
    return `${this.#options.host}/${path} ${what}`
  }

  /** The address of a thing of a repository. */
  url(path: string, rest: string): URL {
    const scheme = this.#options.plainHttp ? 'http' : 'https'
    return new URL(`${scheme}://${this.#options.host}/v2/${path}/${rest}`)
  }

  close(): void {
    this.#shared.https.close()
  }

  async #askOnce(question: Question, deadlineAt: number): Promise<HttpsResponse> {
    const { method = 'GET', path, rest, accept } = question
    const url = this.url(path, rest)
    const shown = this.#shared.authorization.headerFor(path)
    const send = (authorization: Readonly<Record<string, string>>): Promise<HttpsResponse> => {
      const headers = { accept, ...authorization }
      const timeoutMs = remaining(deadlineAt)
      return this.#shared.https.request({ method, url, headers, redirects: 'return', timeoutMs })
    }
    const response = await send(shown)
    if (response.status !== 401) return response
    const useful = await this.#shared.authorization.meet(response, path, {
      shown: 'authorization' in shown,
      timeoutMs: remaining(deadlineAt),
    })
    return useful ? send(this.#shared.authorization.headerFor(path)) : response
  }
}

function share({ credentials, ...options }: RegistryClientOptions): Shared {
  const { ca, clientCertificate, plainHttp, timeoutMs } = options
  const connection = { ca, clientCertificate, plainHttp, timeoutMs }
  return {
    https: new HttpsClient(connection),
    authorization: new Authorization(credentials, connection),
  }
}

function tooLate(subject: string): KnownError {
  return new KnownError('DEADLINE_EXCEEDED', `${subject}: no time was left to ask for it`, {
    hint: 'Raise timeout-seconds, or look at what took the time before.',
  })
}

// Not raised to 1 where nothing is left: the HTTPS client then sends nothing, and says why.
function remaining(deadlineAt: number): number {
  return deadlineAt - Date.now()
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof KnownError)) return false
  return ['REGISTRY_BUSY', 'CONNECTION_REFUSED', 'CONNECTION_FAILED'].includes(error.code)
}

function askedPause(error: unknown): number | undefined {
  return error instanceof BusyError ? error.retryAfterMs : undefined
}

// Only the rest of a page's address is taken: the next request goes to the same registry and repository.
function nextPage({ headers }: HttpsResponse, path: string): string | undefined {
  const link = typeof headers['link'] === 'string' ? headers['link'] : ''
  const target = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link)?.[1]
  if (target === undefined) return undefined
  const { pathname, search } = new URL(target, 'https://registry.invalid')
  const prefix = `/v2/${path}/`
  return pathname.startsWith(prefix) ? `${pathname.slice(prefix.length)}${search}` : undefined
}
