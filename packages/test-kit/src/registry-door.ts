import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import type { SiteCertificateAuthority } from './certificates.ts'
import { close, listen } from './listen.ts'

/** What a client has to do at a door: show a certificate of the site's CA, or speak without TLS. */
export type DoorKind = 'client-certificate' | 'plain'

/** Another address of a real registry, in this process. */
export interface RegistryDoor extends AsyncDisposable {
  /** host:port */
  readonly host: string
}

/** Opens a real registry under another address: behind a demand for client certificates, or without TLS. */
export async function startRegistryDoor(
  registry: { readonly host: string },
  ca: SiteCertificateAuthority,
  kind: DoorKind,
): Promise<RegistryDoor> {
  const pass = passTo(registry.host, ca, kind === 'plain' ? 'http' : 'https')
  const server =
    kind === 'plain' ? http.createServer(pass) : https.createServer(mutualTls(ca), pass)
  const port = await listen(server, '127.0.0.2')
  return { host: `127.0.0.2:${port}`, [Symbol.asyncDispose]: () => close(server) }
}

// The registry builds its answers' addresses from the host that was asked for, which stays the door's.
function passTo(
  upstream: string,
  ca: SiteCertificateAuthority,
  scheme: string,
): http.RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request
    const headers = { ...request.headers, 'x-forwarded-proto': scheme }
    const options = { method, headers, ca: ca.pem, agent: false }
    const onward = https.request(`https://${upstream}${url}`, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  }
}

function mutualTls(ca: SiteCertificateAuthority): https.ServerOptions {
  const { certificate, key } = ca.issue('door')
  const pair = { cert: readFileSync(certificate), key: readFileSync(key) }
  return { ...pair, ca: ca.pem, requestCert: true, rejectUnauthorized: true }
}
