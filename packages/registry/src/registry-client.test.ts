import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseDigest } from '@tierseal/oci'
import { expect, onTestFinished, test } from 'vitest'
import type { RegistryClientOptions } from './connection.ts'
import { RegistryClient } from './registry-client.ts'

const ociManifest = 'application/vnd.oci.image.manifest.v1+json'
const ociIndex = 'application/vnd.oci.image.index.v1+json'
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: ociManifest })
const digest = digestOf(manifest)

type Handler = (request: IncomingMessage, response: ServerResponse) => void

function digestOf(text: string) {
  return parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)
}

async function listen(handler: Handler): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `127.0.0.1:${address.port}`
}

async function clientOf(
  handler: Handler,
  options: Partial<RegistryClientOptions> = {},
): Promise<RegistryClient> {
  const host = await listen(handler)
  const client = new RegistryClient({ host, plainHttp: true, timeoutMs: 3000, ...options })
  onTestFinished(() => client.close())
  return client
}

function answer(response: ServerResponse, status: number, type: string, body = ''): void {
  response.writeHead(status, { 'content-type': type }).end(body)
}

const serveManifest: Handler = (_request, response) => {
  response.setHeader('docker-content-digest', digest)
  answer(response, 200, ociManifest, manifest)
}

test('gives a manifest with the digest that was computed here', async () => {
  const client = await clientOf(serveManifest)
  const found = await client.getManifest('dev/app', digest)
  expect(found?.digest).toBe(digest)
  expect(found?.mediaType).toBe(ociManifest)
  expect(found?.bytes.toString()).toBe(manifest)
})

test('gives undefined for a manifest that the registry does not have', async () => {
  const body = JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN' }] })
  const client = await clientOf((_q, response) => answer(response, 404, 'application/json', body))
  expect(await client.getManifest('dev/app', digest)).toBeUndefined()
  expect(await client.headManifest('dev/app', 'v1')).toBeUndefined()
})

test('refuses a body whose digest is not the one asked for', async () => {
  const client = await clientOf((_q, response) =>
    answer(response, 200, ociManifest, `${manifest} `),
  )
  await expect(client.getManifest('dev/app', digest)).rejects.toMatchObject({
    code: 'REGISTRY_DIGEST_MISMATCH',
  })
})

test('refuses a digest header that disagrees with the body', async () => {
  const client = await clientOf((_q, response) => {
    response.setHeader('docker-content-digest', digestOf('something else'))
    answer(response, 200, ociManifest, manifest)
  })
  await expect(client.getManifest('dev/app', 'v1')).rejects.toMatchObject({
    code: 'REGISTRY_DIGEST_MISMATCH',
  })
})

test('computes the digest itself where HEAD names none', async () => {
  const client = await clientOf((_q, response) => answer(response, 200, ociManifest, manifest))
  expect(await client.headManifest('dev/app', 'v1')).toEqual({
    digest,
    mediaType: ociManifest,
    size: manifest.length,
  })
})

test('meets a Basic challenge once and sends the credentials with every later request', async () => {
  const seen: (string | undefined)[] = []
  const credentials = { username: 'robot', password: 'pass:word' }
  const client = await clientOf(
    (request, response) => {
      seen.push(request.headers.authorization)
      if (request.headers.authorization === undefined) {
        response.setHeader('www-authenticate', 'Basic realm="lab"')
        answer(response, 401, 'application/json')
      } else serveManifest(request, response)
    },
    { credentials },
  )
  await client.getManifest('dev/app', digest)
  await client.headManifest('dev/app', 'v1')
  const header = `Basic ${Buffer.from('robot:pass:word').toString('base64')}`
  expect(seen).toEqual([undefined, header, header])
})

test('meets a Basic challenge for each of several questions that are asked at once', async () => {
  const client = await clientOf(
    (request, response) => {
      if (request.headers.authorization !== undefined) return serveManifest(request, response)
      response.setHeader('www-authenticate', 'Basic realm="site"')
      answer(response, 401, 'application/json', '{}')
    },
    { credentials: { username: 'bot', password: 'canary' } },
  )
  const asked = ['dev/one', 'dev/two', 'dev/three'].map((path) => client.headManifest(path, digest))
  expect((await Promise.all(asked)).map((head) => head?.digest)).toEqual([digest, digest, digest])
})

test('fetches a Bearer token for the scope that the registry names, and asks again once it expired', async () => {
  const tokenRequests: string[] = []
  let current = 0
  const tokens = await listen((request, response) => {
    tokenRequests.push(`${request.url} ${request.headers.authorization?.slice(0, 5)}`)
    current++
    answer(response, 200, 'application/json', JSON.stringify({ token: `token-${current}` }))
  })
  let accepted = 1
  const client = await clientOf(
    (request, response) => {
      if (request.headers.authorization === `Bearer token-${accepted}`) {
        serveManifest(request, response)
        return
      }
      const challenge = `Bearer realm="http://${tokens}/token",service="lab",scope="repository:dev/app:pull"`
      response.setHeader('www-authenticate', challenge)
      answer(response, 401, 'application/json')
    },
    { credentials: { username: 'robot', password: 'secret' } },
  )
  await client.getManifest('dev/app', digest)
  accepted = 2
  await client.getManifest('dev/app', digest)
  const expected = '/token?service=lab&scope=repository%3Adev%2Fapp%3Apull Basic'
  expect(tokenRequests).toEqual([expected, expected])
})

test('never sends credentials to a token server without TLS when the registry has TLS', async () => {
  const { Authorization } = await import('./authorization.ts')
  const authorization = new Authorization({ username: 'u', password: 'p' }, { timeoutMs: 1000 })
  const headers = { 'www-authenticate': 'Bearer realm="http://127.0.0.1:1/token"' }
  await expect(
    authorization.meet({ status: 401, headers, body: Buffer.alloc(0) }, 'dev/app', {
      shown: false,
      timeoutMs: 1000,
    }),
  ).rejects.toMatchObject({ code: 'REGISTRY_PROTOCOL' })
})

test.each([
  [401, 'REGISTRY_UNAUTHORIZED'],
  [403, 'REGISTRY_DENIED'],
  [418, 'REGISTRY_PROTOCOL'],
])('an answer of %i is %s', async (status, code) => {
  const client = await clientOf((_q, response) =>
    answer(response, status, 'application/json', '{}'),
  )
  await expect(client.getManifest('dev/app', digest)).rejects.toMatchObject({ code })
})

test('quotes the error that the registry gives as its reason', async () => {
  const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'quota exceeded' }] })
  const client = await clientOf((_q, response) => answer(response, 403, 'application/json', body))
  await expect(client.getManifest('dev/app', digest)).rejects.toThrow('DENIED quota exceeded')
})

test.each([
  ['an HTML page', (response: ServerResponse) => answer(response, 200, 'text/html', '<html>')],
  [
    'a redirect to a login page',
    (response: ServerResponse) =>
      response.writeHead(302, { location: 'https://sso.example/login' }).end(),
  ],
  ['an HTML 404', (response: ServerResponse) => answer(response, 404, 'text/html', '<html>')],
])('%s instead of a manifest is REGISTRY_LOGIN_PAGE', async (_what, reply) => {
  const client = await clientOf((_q, response) => void reply(response))
  await expect(client.getManifest('dev/app', digest)).rejects.toMatchObject({
    code: 'REGISTRY_LOGIN_PAGE',
  })
})

test('asks again after 429 and 503, and gives the answer that follows', async () => {
  const statuses = [429, 503]
  const client = await clientOf((request, response) => {
    const status = statuses.shift()
    if (status === undefined) serveManifest(request, response)
    else answer(response, status, 'text/plain')
  })
  expect((await client.getManifest('dev/app', digest))?.digest).toBe(digest)
})

test('gives up on a registry that stays busy as REGISTRY_BUSY within the deadline', async () => {
  let requests = 0
  const client = await clientOf(
    (_q, response) => {
      requests++
      answer(response, 503, 'text/html', '<html>')
    },
    { timeoutMs: 700 },
  )
  const start = Date.now()
  await expect(client.getManifest('dev/app', digest)).rejects.toMatchObject({
    code: 'REGISTRY_BUSY',
  })
  expect(Date.now() - start).toBeLessThan(1500)
  expect(requests).toBeGreaterThan(1)
})

test('does not wait for a Retry-After that lies behind the deadline, and tells it', async () => {
  const client = await clientOf((_q, response) => {
    response.setHeader('retry-after', '600')
    answer(response, 429, 'text/plain')
  })
  const start = Date.now()
  await expect(client.getManifest('dev/app', digest)).rejects.toMatchObject({
    code: 'REGISTRY_BUSY',
    message: expect.stringContaining('come back in 600 s'),
  })
  expect(Date.now() - start).toBeLessThan(1000)
})

test('an answer that never comes is DEADLINE_EXCEEDED', async () => {
  const client = await clientOf(() => undefined, { timeoutMs: 300 })
  await expect(client.getManifest('dev/app', digest)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  })
})

test('an answer that stops in the middle is DEADLINE_EXCEEDED', async () => {
  const client = await clientOf(
    (_q, response) => {
      response.writeHead(200, { 'content-type': ociManifest, 'content-length': '1000' })
      response.write('{')
    },
    { timeoutMs: 300 },
  )
  await expect(client.getManifest('dev/app', digest)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  })
})

test('a view of it asks nothing after its own deadline, and shares what was learnt', async () => {
  const seen: string[] = []
  const client = await clientOf(
    (request, response) => {
      seen.push(request.headers.authorization?.slice(0, 5) ?? '')
      response.setHeader('www-authenticate', 'Basic realm="lab"')
      if (request.headers.authorization === undefined) answer(response, 401, 'text/plain')
      else if (request.url?.endsWith('/silent') !== true) serveManifest(request, response)
    },
    { timeoutMs: 60_000, credentials: { username: 'robot', password: 'secret' } },
  )
  const late = { code: 'DEADLINE_EXCEEDED' }
  await client.getManifest('dev/app', digest)
  const soon = client.until(Date.now() + 500)
  await expect(soon.getManifest('dev/app', 'silent')).rejects.toMatchObject(late)
  expect(seen).toEqual(['', 'Basic', 'Basic'])
  await expect(soon.getManifest('dev/app', digest)).rejects.toMatchObject({
    ...late,
    message: expect.stringContaining(`dev/app manifests/${digest}`),
  })
  expect(seen).toHaveLength(3)
  expect(await client.getManifest('dev/app', digest)).toBeDefined()
})

test('nothing listening is CONNECTION_REFUSED', async () => {
  const client = new RegistryClient({ host: '127.0.0.1:1', plainHttp: true, timeoutMs: 400 })
  await expect(client.getManifest('dev/app', digest)).rejects.toMatchObject({
    code: 'CONNECTION_REFUSED',
  })
})

test('follows the redirect of a blob without the credentials', async () => {
  const blob = 'blob bytes'
  const seen: (string | undefined)[] = []
  const storage = await listen((request, response) => {
    seen.push(request.headers.authorization)
    response.end(blob)
  })
  const client = await clientOf(
    (request, response) => {
      if (request.headers.authorization === undefined) {
        response.setHeader('www-authenticate', 'Basic realm="lab"')
        answer(response, 401, 'application/json')
      } else response.writeHead(307, { location: `http://${storage}/signed` }).end()
    },
    { credentials: { username: 'robot', password: 'secret' } },
  )
  const descriptor = { digest: digestOf(blob), size: blob.length }
  expect((await client.getBlob('dev/app', descriptor, digest))?.toString()).toBe(blob)
  expect(seen).toEqual([undefined])
})

const referrer = { mediaType: ociManifest, digest, size: 2, artifactType: 'application/x.sig' }

test('lists referrers from the API, page by page, on the same registry only', async () => {
  const hosts: (string | undefined)[] = []
  const client = await clientOf((request, response) => {
    hosts.push(request.headers.host)
    if (!request.url?.includes('page=2')) {
      const next = `https://elsewhere.example/v2/dev/app/referrers/${digest}?page=2`
      response.setHeader('link', `<${next}>; rel="next"`)
    }
    answer(response, 200, ociIndex, JSON.stringify({ manifests: [referrer] }))
  })
  const found = await client.listReferrers('dev/app', digest)
  expect(found.api).toBe(true)
  expect(found.descriptors.map(({ artifactType }) => artifactType)).toEqual([
    'application/x.sig',
    'application/x.sig',
  ])
  expect(new Set(hosts).size).toBe(1)
})

test('lists referrers from the fallback tag where there is no API', async () => {
  const index = JSON.stringify({ manifests: [referrer] })
  const client = await clientOf((request, response) => {
    if (request.url === `/v2/dev/app/manifests/${digest.replace(':', '-')}`)
      answer(response, 200, ociIndex, index)
    else answer(response, 404, 'text/plain', '404 page not found')
  })
  const found = await client.listReferrers('dev/app', digest)
  expect(found.api).toBe(false)
  expect(found.descriptors).toHaveLength(1)
})

test('does not take the image that cosign copy leaves under the fallback tag for referrers', async () => {
  const client = await clientOf((request, response) => {
    if (request.url?.includes('/manifests/')) serveManifest(request, response)
    else answer(response, 404, 'text/plain')
  })
  expect(await client.listReferrers('dev/app', digest)).toEqual({ api: false, descriptors: [] })
})

test('lists tags', async () => {
  const client = await clientOf((_q, response) =>
    answer(response, 200, 'application/json', JSON.stringify({ tags: ['1', '2'] })),
  )
  expect(await client.tagsList('dev/app')).toEqual(['1', '2'])
})
