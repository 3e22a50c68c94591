import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { close, listen } from './listen.ts'

/** What a server does with one request. */
export type Reply = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
) => void | Promise<void>

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
}

/** A real server behind one that misbehaves. */
export interface Upstream {
  readonly url: string
  readonly caPem?: string
  /** What a proxy in between would add to each request. */
  readonly addedHeaders?: Readonly<Record<string, string>>
}

export interface FaultServerOptions {
  /** Chooses what becomes of a request; undefined lets it pass to the upstream, or answers 404. */
  readonly script: (request: SeenRequest, index: number) => Reply | undefined
  /** Speaks TLS with this certificate; without it plain HTTP. */
  readonly tls?: CertificateFiles
  /** A real server that gets what the script lets pass. */
  readonly upstream?: Upstream
  readonly host?: string
}

/** A server that misbehaves as it is told, alone or in front of a real one. */
export interface FaultServer extends AsyncDisposable {
  readonly url: string
  /** host:port */
  readonly host: string
  /** Every request so far, in order. */
  readonly requests: readonly SeenRequest[]
  connections(): number
  /** From the next connection on it shows this certificate; idle connections end. Only with TLS. */
  showCertificate(tls: CertificateFiles): void
  /** Nobody listens at the address for so long, as while a server is restarted. */
  pause(pauseMs: number): Promise<void>
  stop(): Promise<void>
}

/** Files in PEM. */
interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

/** Answers with a status; JSON for an object, text else. */
export function answer(
  status: number,
  body: unknown = '',
  headers: http.OutgoingHttpHeaders = {},
): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain' : 'application/json'
  return (_, response) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(text)
  }
}

/** Reads the request and never answers. */
export const hang: Reply = () => undefined

/** Breaks the connection without an answer. */
export const breakConnection: Reply = ({ socket }) => void socket.destroy()

/** Answers after a while. */
export function slowly(delayMs: number, reply: Reply): Reply {
  return async (request, response) => {
    await sleep(delayMs, undefined, { ref: false })
    await reply(request, response)
  }
}

/** A proxy or single sign-on in between: 200, and a page for people. */
export const loginPage: Reply = answer(200, '<!doctype html><title>Sign in</title>', {
  'content-type': 'text/html',
})

/** Points somewhere else, with the request's path. */
export function redirectTo(url: string, status = 307): Reply {
  return (request, response) => {
    response.writeHead(status, { location: new URL(request.url ?? '/', url).href }).end()
  }
}

/** Sends the head and then a byte now and then, for ever. */
export const trickle: Reply = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

/** Lets the real server do what was asked, and then gives this reply in the place of its own. */
export function afterUpstream(upstream: Upstream, reply: Reply): Reply {
  return (request, response) => {
    const onward = sendOn(upstream, request, (incoming) => {
      incoming.resume().on('end', () => void reply(request, response))
    })
    onward.on('error', () => response.destroy())
  }
}

/** Starts the server on loopback. */
export async function startFaultServer(options: FaultServerOptions): Promise<FaultServer> {
  const requests: SeenRequest[] = []
  let connections = 0
  const listener: http.RequestListener = (request, response) => {
    const { method = '', url: path = '', headers } = request
    const seen = { method, path, headers }
    requests.push(seen)
    const scripted = options.script(seen, requests.length - 1)
    const reply = scripted ?? (options.upstream ? passTo(options.upstream) : answer(404))
    void reply(request, response)
    // The reply reads it, or nobody does.
    if (!request.readableFlowing) request.resume()
  }
  const secured = options.tls && https.createServer(pairOf(options.tls), listener)
  const server = secured ?? http.createServer(listener)
  server.on('connection', () => {
    connections++
  })
  const address = options.host ?? '127.0.0.1'
  const port = await listen(server, address)
  const host = `${address}:${port}`
  const stop = (): Promise<void> => close(server)
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}`,
    host,
    requests,
    connections: () => connections,
    showCertificate: (tls) => {
      secured?.setSecureContext(pairOf(tls))
      server.closeIdleConnections()
    },
    pause: async (pauseMs) => {
      await stop()
      await sleep(pauseMs)
      server.listen(port, address)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function pairOf({ certificate, key }: CertificateFiles): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certificate), key: readFileSync(key) }
}

function passTo(upstream: Upstream): Reply {
  return (request, response) => {
    const onward = sendOn(upstream, request, (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.headers)
      incoming.pipe(response)
    })
    onward.on('error', () => response.destroy())
  }
}

// The Host header stays, so that the addresses that the real server gives lead through here again.
function sendOn(
  { url, caPem, addedHeaders }: Upstream,
  request: http.IncomingMessage,
  onAnswer: (incoming: http.IncomingMessage) => void,
): http.ClientRequest {
  const { method = '', headers } = request
  const target = new URL(request.url ?? '/', url)
  const send = target.protocol === 'https:' ? https.request : http.request
  const options = caPem === undefined ? {} : { ca: caPem }
  const all = { ...headers, ...addedHeaders }
  const onward = send(target, { method, headers: all, agent: false, ...options }, onAnswer)
  request.pipe(onward)
  return onward
}
