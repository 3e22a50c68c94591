import * as http from 'node:http'
import * as https from 'node:https'

/** How a test reaches a registry, apart from the client under test. */
export interface RegistryAccess {
  /** host:port */
  readonly host: string
  /** Absent for plain HTTP. */
  readonly caPem?: string
  readonly username?: string
  readonly password?: string
}

export interface RegistryAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** One request to a registry, as its account; `path` comes after /v2/. */
export function requestRegistry(
  registry: RegistryAccess,
  method: string,
  path: string,
  body: { readonly type?: string; readonly accept?: string; readonly bytes?: Uint8Array } = {},
): Promise<RegistryAnswer> {
  const { host, caPem, username, password } = registry
  const url = path.startsWith('http') ? path : `${caPem ? 'https' : 'http'}://${host}/v2/${path}`
  const options = {
    method,
    agent: false as const,
    ...(username === undefined ? {} : { auth: `${username}:${password ?? ''}` }),
    headers: {
      ...(body.type === undefined ? {} : { 'content-type': body.type }),
      ...(body.accept === undefined ? {} : { accept: body.accept }),
      ...(body.bytes === undefined ? {} : { 'content-length': body.bytes.length }),
    },
  }
  return new Promise((resolve, reject) => {
    const collect = (incoming: http.IncomingMessage): void => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const { statusCode: status = 0, headers } = incoming
        resolve({ status, headers, body: Buffer.concat(chunks) })
      })
    }
    const request =
      caPem === undefined
        ? http.request(url, options, collect)
        : https.request(url, { ...options, ca: caPem }, collect)
    request.on('error', reject)
    request.end(body.bytes)
  })
}
