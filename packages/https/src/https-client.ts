import type * as http from 'node:http'
import type * as https from 'node:https'
import { KnownError } from '@tierseal/errors'
import { AnswerTooLargeError, maxAnswerBytes } from './answer-too-large.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import type { ClientCertificate } from './client-certificate.ts'
import { explainConnection, noTimeLeft } from './explain-connection.ts'

export interface HttpsClientOptions {
  /** Trusted alone when given; else Node's own roots. */
  readonly ca?: CertificateAuthority | undefined
  readonly clientCertificate?: ClientCertificate | undefined
  /** Deadline of one request, from connecting to the last byte of the answer. */
  readonly timeoutMs: number
  /** Speak HTTP without TLS: only where the user asked for it by name. */
  readonly plainHttp?: boolean | undefined
}

export interface HttpsRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'LIST'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** `refuse` (default) throws REDIRECT_REFUSED; `return` hands the 3xx answer to the caller. */
  readonly redirects?: 'refuse' | 'return'
  /** A shorter deadline than the client's: what other requests have left of it. Nothing is sent where it is over. */
  readonly timeoutMs?: number
}

export interface HttpsResponse {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** What speaks to the server: a module of Node's and its connection pool. */
interface Transport {
  readonly send: typeof https.request
  readonly agent: http.Agent
}

/**
 * One keep-alive connection pool to one server of the site. It reads no environment: no proxy,
 * no NODE_TLS_REJECT_UNAUTHORIZED, no redirects, so that credentials go to the named server only.
 */
export class HttpsClient {
  readonly #options: HttpsClientOptions
  #transport: Promise<Transport> | undefined

  constructor(options: HttpsClientOptions) {
    this.#options = options
  }

  /**
   * Sends one request and reads the whole answer, whatever its status.
   *
   * @throws KnownError of the network codes where no answer came
   */
  async request(request: HttpsRequest): Promise<HttpsResponse> {
    const response = await this.#send(request)
    const redirected = response.status >= 300 && response.status < 400 && response.status !== 304
    if (redirected && request.redirects !== 'return') throw redirectRefused(request.url, response)
    return response
  }

  /** Ends the idle connections, so that the process can end. */
  close(): void {
    void this.#transport?.then(({ agent }) => agent.destroy())
  }

  async #send(request: HttpsRequest): Promise<HttpsResponse> {
    const { timeoutMs: wholeMs, clientCertificate, plainHttp } = this.#options
    const timeoutMs = request.timeoutMs ?? wholeMs
    assertScheme(request.url, plainHttp === true)
    if (timeoutMs <= 0) throw noTimeLeft(request.url)
    // The first request has spent what it lacks on nothing that was asked of this server.
    const leftover = this.#transport !== undefined && timeoutMs < wholeMs
    const attempt = { timeoutMs, leftover, clientCertificate: clientCertificate !== undefined }
    this.#transport ??= openTransport(this.#options)
    const { send, agent } = await this.#transport
    const signal = AbortSignal.timeout(timeoutMs)
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void =>
        reject(error instanceof KnownError ? error : explainConnection(error, request.url, attempt))
      const { method, headers } = request
      const body = request.body === undefined ? undefined : Buffer.from(request.body)
      const length = body === undefined ? {} : { 'content-length': String(body.length) }
      const outgoing = send(request.url, {
        method,
        headers: { ...headers, ...length },
        agent,
        signal,
      })
      outgoing.on('error', fail)
      outgoing.on('response', (incoming) => collect(incoming, request.url).then(resolve, fail))
      // Without a listener Node drops the connection without a word, and this would never end.
      outgoing.on('upgrade', (incoming, socket) => {
        socket.destroy()
        fail(protocolChanged(request.url, incoming))
      })
      outgoing.end(body)
    })
  }
}

// Loaded at the first request: TLS alone doubles the CPU time of a start, and a step whose inputs are wrong
// needs none of it.
async function openTransport(options: HttpsClientOptions): Promise<Transport> {
  if (options.plainHttp) {
    const { Agent, request } = await import('node:http')
    return { send: request, agent: new Agent({ keepAlive: true }) }
  }
  const { Agent, request } = await import('node:https')
  return { send: request, agent: new Agent(agentOptions(options)) }
}

function agentOptions({ ca, clientCertificate }: HttpsClientOptions): https.AgentOptions {
  return {
    keepAlive: true,
    // Explicit, because the default is read from NODE_TLS_REJECT_UNAUTHORIZED.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: ca.pem }),
    ...(clientCertificate === undefined
      ? {}
      : { cert: clientCertificate.certificatePem, key: clientCertificate.keyPem }),
  }
}

function assertScheme(url: URL, plainHttp: boolean): void {
  const expected = plainHttp ? 'http:' : 'https:'
  if (url.protocol === expected) return
  throw new KnownError('TLS_FAILED', `${url.origin} is not an ${expected}// address`, {
    hint: 'Plain HTTP is used only where it is asked for by name.',
  })
}

async function collect(incoming: http.IncomingMessage, url: URL): Promise<HttpsResponse> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size > maxAnswerBytes) throw new AnswerTooLargeError(url, incoming.headers)
    chunks.push(chunk)
  }
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  }
}

function protocolChanged({ origin }: URL, { statusCode }: http.IncomingMessage): KnownError {
  return new KnownError(
    'CONNECTION_FAILED',
    `${origin}: it answered ${statusCode}, a change of protocol that nobody asked for`,
    { hint: 'Look at what stands between: a gateway for WebSocket answers like this.' },
  )
}

function redirectRefused(url: URL, response: HttpsResponse): KnownError {
  const { location = '' } = response.headers
  const target = URL.canParse(location, url.href) ? new URL(location, url).origin : 'nowhere'
  return new KnownError(
    'REDIRECT_REFUSED',
    `${url.origin} answered ${response.status}, a redirect to ${target}`,
    { hint: 'Redirects are not followed: the credentials would go along. Use the final address.' },
  )
}
