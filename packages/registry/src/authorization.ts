import { KnownError } from '@tierseal/errors'
import { HttpsClient, type HttpsClientOptions, type HttpsResponse } from '@tierseal/https'
import { isRecord, tryJson } from '@tierseal/json'
import { explainAnswer, refusePage, type Sent } from './answers.ts'
import { type Challenge, parseChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { stringField } from './json.ts'

/**
 * Answers a registry's challenges: Basic, or Bearer with a token from the named token server
 * (distribution specification, docs/spec/auth/token). What was learnt is used for the next requests.
 */
export class Authorization {
  readonly #credentials: Credentials | undefined
  readonly #connection: HttpsClientOptions
  readonly #tokens = new Map<string, string>()
  #basic = false

  constructor(credentials: Credentials | undefined, connection: HttpsClientOptions) {
    this.#credentials = credentials
    this.#connection = connection
  }

  /** The header for a repository, as far as it is known without asking. */
  headerFor(path: string): Readonly<Record<string, string>> {
    const token = this.#tokens.get(path)
    if (token !== undefined) return { authorization: `Bearer ${token}` }
    if (this.#basic && this.#credentials !== undefined)
      return { authorization: basic(this.#credentials) }
    return {}
  }

  /** What the registry and its token server may have seen of the credentials, and of tokens. */
  get sent(): Sent {
    const credentials = this.#credentials
    const own = credentials === undefined ? [] : [encoded(credentials), credentials.password]
    // As for masks: what is shorter is in any text.
    const secrets = [...own, ...this.#tokens.values()].filter(({ length }) => length > 3)
    return { authenticated: credentials !== undefined, secrets }
  }

  /**
   * Meets the challenge of a 401. Returns whether asking again can help: not where there is nothing
   * new to show.
   *
   * @param shown whether the question carried credentials already: another that was asked at the same time
   *   may have met the challenge in between
   * @throws KnownError of the token server
   */
  async meet(
    response: HttpsResponse,
    path: string,
    { shown, timeoutMs }: { readonly shown: boolean; readonly timeoutMs: number },
  ): Promise<boolean> {
    const challenge = parseChallenge(response.headers['www-authenticate'])
    if (challenge === undefined) return false
    if (challenge.scheme === 'bearer') {
      this.#tokens.set(path, await this.#fetchToken(challenge, path, timeoutMs))
      return true
    }
    this.#basic = true
    return this.#credentials !== undefined && !shown
  }

  async #fetchToken(
    challenge: Extract<Challenge, { scheme: 'bearer' }>,
    path: string,
    timeoutMs: number,
  ): Promise<string> {
    const url = this.#tokenUrl(challenge, path)
    const client = new HttpsClient({
      ...this.#connection,
      plainHttp: url.protocol === 'http:',
      timeoutMs,
    })
    try {
      return await this.#ask(client, url)
    } finally {
      client.close()
    }
  }

  async #ask(client: HttpsClient, url: URL): Promise<string> {
    const headers =
      this.#credentials === undefined ? {} : { authorization: basic(this.#credentials) }
    const response = await client.request({ method: 'GET', url, headers, redirects: 'return' })
    const subject = `token server ${url.origin}`
    if (response.status !== 200) {
      throw explainAnswer(response, subject, this.sent)
    }
    refusePage(response, subject)
    const body = tryJson(response.body.toString('utf8'))
    const token = isRecord(body)
      ? (stringField(body, 'token') ?? stringField(body, 'access_token'))
      : undefined
    if (token !== undefined) return token
    throw new KnownError('REGISTRY_PROTOCOL', `${subject} answered without a token`)
  }

  #tokenUrl(challenge: Extract<Challenge, { scheme: 'bearer' }>, path: string): URL {
    const { realm, service, scope = `repository:${path}:pull` } = challenge
    const url = URL.canParse(realm) ? new URL(realm) : undefined
    const allowed = this.#connection.plainHttp ? ['http:', 'https:'] : ['https:']
    if (url === undefined || !allowed.includes(url.protocol)) {
      throw new KnownError(
        'REGISTRY_PROTOCOL',
        `the registry names ${JSON.stringify(realm)} as its token server, which is no https:// address`,
        { hint: 'Credentials are never sent in the clear; correct the realm of the registry.' },
      )
    }
    if (service !== undefined) url.searchParams.set('service', service)
    url.searchParams.set('scope', scope)
    return url
  }
}

function basic(credentials: Credentials): string {
  return `Basic ${encoded(credentials)}`
}

function encoded({ username, password }: Credentials): string {
  return Buffer.from(`${username}:${password}`).toString('base64')
}
