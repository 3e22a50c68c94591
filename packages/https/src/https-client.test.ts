import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { HttpsClient } from './https-client.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen(listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

function plainClient(timeoutMs = 2000): HttpsClient {
  return new HttpsClient({ plainHttp: true, timeoutMs })
}

describe('HttpsClient', () => {
  it('returns status, headers and body of any answer', async () => {
    const url = await listen((_, response) => response.writeHead(418, { 'x-a': 'b' }).end('short'))
    const response = await plainClient().request({ method: 'GET', url })
    expect([response.status, response.headers['x-a'], response.body.toString()]).toEqual([
      418,
      'b',
      'short',
    ])
  })

  it('refuses a redirect, so that credentials stay with the named server', async () => {
    const seen: string[] = []
    const other = await listen((request, response) => {
      seen.push(request.headers.authorization ?? '')
      response.end()
    })
    const url = await listen((_, response) =>
      response.writeHead(307, { location: other.href }).end(),
    )
    const request = { method: 'GET', url, headers: { authorization: 'Bearer canary' } } as const
    await expect(plainClient().request(request)).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
    expect(seen).toEqual([])
  })

  it('reads no answer of any size, and says that this was it', async () => {
    const url = await listen((_, response) => void response.end(Buffer.alloc(17 * 1024 * 1024)))
    const request = { method: 'GET', url: new URL('/v2/large', url) } as const
    await expect(plainClient(30_000).request(request)).rejects.toMatchObject({
      code: 'ANSWER_TOO_LARGE',
      message: `${url.origin}: the answer to /v2/large has over 16 MiB`,
    })
  })

  it('ends at the deadline where the server never answers', async () => {
    const url = await listen(() => undefined)
    await expect(plainClient(100).request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
  })

  it('says so where the server changes to another protocol, which nobody asked for', async () => {
    const url = await listen(() => undefined)
    servers.at(-1)?.on('connection', (socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
    })
    await expect(plainClient(500).request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `${url.origin}: it answered 101, a change of protocol that nobody asked for`,
    })
  })

  it('ends at the deadline where the body trickles', async () => {
    const url = await listen((_, response) => response.write('x'))
    await expect(plainClient(100).request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
  })

  it('says where a request had only what others had left of the deadline', async () => {
    let replies = 1
    const url = await listen((_, response) => (replies-- > 0 ? response.end() : undefined))
    const client = plainClient(60_000)
    await client.request({ method: 'GET', url })
    const cut = client.request({ method: 'GET', url, timeoutMs: 50 })
    await expect(cut).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringMatching(/no answer within 50 ms, .* left/),
      hint: expect.stringMatching(/^(?!.*firewall).*timeout-seconds/),
    })
  })

  it('does not start a request for which no time is left', async () => {
    let asked = 0
    const url = await listen((_, response) => {
      asked += 1
      response.end()
    })
    for (const timeoutMs of [0, -1]) {
      await expect(plainClient().request({ method: 'GET', url, timeoutMs })).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        message: expect.stringContaining('no time was left'),
        hint: expect.stringMatching(/^(?!.*firewall).*timeout-seconds/),
      })
    }
    expect(asked).toBe(0)
  })

  it('says that nothing listens', async () => {
    const url = await listen(() => undefined)
    await new Promise((resolve) => servers.pop()?.close(resolve))
    await expect(plainClient().request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
    })
  })

  it('does not speak plain HTTP unless asked for by name', async () => {
    const url = await listen((_, response) => response.end())
    const client = new HttpsClient({ timeoutMs: 1000 })
    await expect(client.request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'TLS_FAILED',
    })
  })

  it('says that a port speaks no TLS', async () => {
    const url = await listen((_, response) => response.end())
    const client = new HttpsClient({ timeoutMs: 1000 })
    const target = new URL(url.href.replace('http:', 'https:'))
    await expect(client.request({ method: 'GET', url: target })).rejects.toMatchObject({
      code: 'TLS_FAILED',
    })
  })
})
