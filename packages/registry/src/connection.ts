import { KnownError } from '@tierseal/errors'
import {
  AnswerTooLargeError,
  type CertificateAuthority,
  type ClientCertificate,
  HttpsClient,
  type HttpsResponse,
  maxAnswerBytes,
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
      throw this.#refusal(response, this.subject(question.path, question.rest))
    }
    return retry(attempt, { deadlineAt, attempts: 6, shouldRetry: mayPass, pauseMs: askedPause })
  }

  /**
   * Reads every page of a list, from the answer to its first question on.
   *
   * @throws KnownError ANSWER_TOO_LARGE where they have more together than one answer may have; REGISTRY_PROTOCOL where
   *   the list goes on elsewhere
   */
  async readPages<T>(
    first: HttpsResponse,
    { path, rest: firstRest }: Pick<Question, 'path' | 'rest'>,
    read: (body: unknown) => readonly T[],
  ): Promise<readonly T[]> {
    const pages: (readonly T[])[] = []
    let [response, rest, bytes] = [first, firstRest, 0]
    const within = this.until(this.deadlineAt())
    for (;;) {
      bytes += response.body.length
      if (bytes > maxAnswerBytes) throw new AnswerTooLargeError(this.url(path, rest), {})
      pages.push(read(tryJson(response.body.toString('utf8'))))
      const next = this.#nextPage(response, path, rest)
      if (next === undefined) return pages.flat()
      rest = next
      response = await within.ask({ path, rest, accept: '*/*' })
      this.demandSuccess(response, this.subject(path, rest))
    }
  }

  /** @throws KnownError where the answer is no 200, or a page for people */
  demandSuccess(response: HttpsResponse, subject: string): void {
    if (response.status !== 200) throw this.#refusal(response, subject)
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

  #refusal(response: HttpsResponse, subject: string): KnownError {
    return explainAnswer(response, subject, this.#shared.authorization.sent)
  }

  // Only the rest of a page's address is taken: the next request goes to the same registry and repository. What names
  // neither is no end of the list: what is on the pages that follow would be passed over.
  #nextPage({ headers }: HttpsResponse, path: string, rest: string): string | undefined {
    const link = typeof headers['link'] === 'string' ? headers['link'] : ''
    const target = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link)?.[1]
    if (target === undefined) return undefined
    const here = this.url(path, rest)
    const { pathname, search } = URL.canParse(target, here.href) ? new URL(target, here) : noPage
    const prefix = `/v2/${path}/`
    if (pathname.startsWith(prefix)) return `${pathname.slice(prefix.length)}${search}`
    throw elsewhere(this.subject(path, rest), target)
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

const noPage = { pathname: '', search: '' } as const

function elsewhere(subject: string, target: string): KnownError {
  return new KnownError(
    'REGISTRY_PROTOCOL',
    `${subject}: the list goes on at ${JSON.stringify(target.slice(0, 200))}, which is not in this repository`,
    { hint: 'Let what stands before the registry pass the paths in its header Link as they are.' },
  )
}
