import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { parseVaultAddress } from './address.ts'
import { VaultClient } from './client.ts'

type Reply = (request: IncomingMessage, response: ServerResponse, body: string) => void

const token = 's.CANARY-token'
const jwt = 'e30.CANARY-jwt.c2ln'
// Enough for a pause of a second, and short for a server that never gets well.
const timeoutMs = 2500
const login = { mount: 'kubernetes', role: 'dev', jwt }
const granted = { auth: { client_token: token, token_type: 'service', policies: ['dev'] } }
const running: Server[] = []

afterEach(() => {
  for (const server of running.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

// A server that gives one scripted reply after the other, and the last one for ever.
async function scripted(...replies: Reply[]): Promise<{
  address: string
  client: VaultClient
  requests: { method: string; url: string; headers: IncomingMessage['headers'] }[]
  connections: () => number
}> {
  const requests: { method: string; url: string; headers: IncomingMessage['headers'] }[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const reply = replies[Math.min(requests.length, replies.length - 1)]
    requests.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
    })
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => reply?.(request, response, body))
  })
  server.on('connection', () => {
    connections++
  })
  running.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const address =
    typeof bound === 'object' && bound !== null ? `http://127.0.0.1:${bound.port}` : ''
  const options = { address: parseVaultAddress(address), namespace: 'team', ca: undefined }
  const client = new VaultClient({ ...options, timeoutMs })
  return { address, client, requests, connections: () => connections }
}

const json =
  (status: number, body: unknown): Reply =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const errors = (status: number, ...texts: string[]): Reply => json(status, { errors: texts })

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`it succeeded: ${inspect(value)}`),
    (error: unknown) => error,
  )
}

describe('a read', () => {
  test.each([
    [412, 'VAULT_LAGGING'],
    [429, 'VAULT_RATE_LIMITED'],
    [502, 'VAULT_UNAVAILABLE'],
    [503, 'VAULT_SEALED'],
  ])('is tried again after %i, and says %s where it never passes', async (status, code) => {
    const text = status === 503 ? 'Vault is sealed' : 'wait'
    const passing = await scripted(errors(status, text), json(200, { data: { id: 'x' } }))
    await expect(passing.client.session(token).find('auth/token/lookup-self')).resolves.toEqual({
      id: 'x',
    })
    const lasting = await scripted(errors(status, text))
    await expect(
      lasting.client.session(token).find('auth/token/lookup-self'),
    ).rejects.toMatchObject({ code })
    expect(lasting.requests.length).toBeGreaterThan(1)
  })

  test('is tried again while the cluster elects its leader', async () => {
    const electing = errors(500, 'local node not active but active cluster node not found')
    const { client } = await scripted(electing, json(200, { data: { id: 'x' } }))
    await expect(client.session(token).find('auth/token/lookup-self')).resolves.toEqual({ id: 'x' })
  })

  test.each([
    'Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service shortly.',
    'Waiting for the primary to upgrade from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service when the primary is finished.',
  ])('is tried again while the engine sets up its mount (%s)', async (text) => {
    const passing = await scripted(errors(400, text), json(200, { data: { id: 'x' } }))
    await expect(lookUp(passing.client)).resolves.toEqual({ id: 'x' })
    const lasting = await scripted(errors(400, text))
    await expect(lookUp(lasting.client)).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' })
  })

  test('that was turned away, and then is never answered, tells what the server said', async () => {
    const { client, requests } = await scripted(errors(429, 'too many'), () => undefined)
    await expect(lookUp(client)).rejects.toMatchObject({ code: 'VAULT_RATE_LIMITED' })
    expect(requests).toHaveLength(2)
  })

  test('is tried again after a broken connection', async () => {
    const { client } = await scripted(
      (request) => request.socket.destroy(),
      json(200, { data: { id: 'x' } }),
    )
    await expect(client.session(token).find('auth/token/lookup-self')).resolves.toEqual({ id: 'x' })
  })
})

const asking =
  (status: number, retryAfter: string): Reply =>
  (request, response, body) => {
    response.setHeader('retry-after', retryAfter)
    errors(status, 'not now')(request, response, body)
  }

describe('a pause that the server asks for in Retry-After', () => {
  const inSeconds = (seconds: number): string => String(seconds)
  const byDate = (seconds: number): string =>
    new Date(Math.ceil(Date.now() / 1000) * 1000 + seconds * 1000).toUTCString()

  test.each([
    [429, 'in seconds', inSeconds],
    [429, 'by a date', byDate],
    [503, 'in seconds', inSeconds],
    [503, 'by a date', byDate],
  ])('with %i, %s, is kept', async (status, form, retryAfter) => {
    for (const ask of [lookUp, logIn]) {
      const reply = asking(status, retryAfter(1))
      const { client, requests } = await scripted(reply, json(200, { ...granted, data: {} }))
      const startedAt = Date.now()
      await ask(client)
      expect(requests).toHaveLength(2)
      // A date knows no fractions of a second.
      expect(Date.now() - startedAt).toBeGreaterThanOrEqual(form === 'in seconds' ? 1000 : 900)
    }
  })

  test.each([
    [429, 'VAULT_RATE_LIMITED', inSeconds],
    [503, 'VAULT_UNAVAILABLE', byDate],
  ])(
    'with %i that ends after the deadline is not waited for, and told (%s)',
    async (status, code, retryAfter) => {
      const { client, requests } = await scripted(asking(status, retryAfter(600)))
      const startedAt = Date.now()
      const refused = expect(lookUp(client)).rejects
      await refused.toMatchObject({ code, message: expect.stringMatching(/come back in \d{3} s/) })
      expect(requests).toHaveLength(1)
      expect(Date.now() - startedAt).toBeLessThan(1000)
    },
  )

  test('of no time does not make a client hammer', async () => {
    const { client, requests } = await scripted(asking(429, '0'))
    await expect(lookUp(client)).rejects.toMatchObject({ code: 'VAULT_RATE_LIMITED' })
    expect(requests.length).toBeLessThan(7)
  })
})

const lookUp = (client: VaultClient): Promise<unknown> =>
  client.session(token).find('auth/token/lookup-self')
const logIn = (client: VaultClient): Promise<unknown> => client.login(login)

describe('a login', () => {
  test('is tried again where the server turned it away unseen', async () => {
    const { client, requests } = await scripted(errors(503, 'Vault is sealed'), json(200, granted))
    await expect(client.login(login)).resolves.toMatchObject({ token })
    expect(requests).toHaveLength(2)
  })

  test('is tried again while the cluster elects its leader, and after a redirect of a standby node', async () => {
    const electing = errors(500, 'local node not active but active cluster node not found')
    const redirect: Reply = (_request, response) => response.writeHead(307, { location: '/' }).end()
    for (const passing of [electing, redirect]) {
      const { client, requests } = await scripted(passing, json(200, granted))
      await expect(client.login(login)).resolves.toMatchObject({ token })
      expect(requests).toHaveLength(2)
    }
  })

  test('is not repeated where it may have been granted: each one makes a token', async () => {
    const broken = await scripted((request) => request.socket.destroy())
    await expect(broken.client.login(login)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
    expect(broken.requests).toHaveLength(1)
    const failing = await scripted(errors(502))
    await expect(failing.client.login(login)).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' })
    expect(failing.requests).toHaveLength(1)
  })
})

describe('the opening of a wrapping token', () => {
  test.each([
    [429, 'too many'],
    [503, 'Vault is sealed'],
    [500, 'local node not active but active cluster node not found'],
  ])('is tried again where the server turned it away unseen (%i %s)', async (status, text) => {
    const { client, requests } = await scripted(errors(status, text), json(200, { data: {} }))
    await client.unwrap('s.CANARY-wrapping')
    expect(requests).toHaveLength(2)
  })

  test('is tried again where a node may not know the token yet, before it counts as opened by another', async () => {
    const unknown = errors(400, 'wrapping token is not valid or does not exist')
    const origin = json(200, { data: { creation_path: 'cosign/data/tiers/dev' } })
    const behind = await scripted(unknown, unknown, origin)
    await expect(behind.client.lookupWrapping('s.CANARY-wrapping')).resolves.toBe(
      'cosign/data/tiers/dev',
    )
    const lasting = await scripted(unknown)
    const runbook = expect.stringContaining('docs/runbooks/rotate-key.md of tierseal')
    const spent = { code: 'VAULT_WRAPPING_SPENT', hint: runbook }
    await expect(lasting.client.unwrap('s.CANARY-wrapping')).rejects.toMatchObject(spent)
    expect(lasting.requests.length).toBeGreaterThan(2)
  })

  test.each([
    [
      'a broken connection',
      (request: IncomingMessage) => request.socket.destroy(),
      'CONNECTION_FAILED',
    ],
    ['502', errors(502, 'lost'), 'VAULT_UNAVAILABLE'],
    [
      'the redirect of a standby node',
      (_: unknown, response: ServerResponse) => response.writeHead(307, { location: '/' }).end(),
      'VAULT_STANDBY',
    ],
  ])(
    'is not repeated after %s: opened twice would look like somebody else',
    async (_what, reply, code) => {
      const { client, requests } = await scripted(reply)
      await expect(client.unwrap('s.CANARY-wrapping')).rejects.toMatchObject({ code })
      expect(requests).toHaveLength(1)
    },
  )
})

test('a write is never repeated', async () => {
  const { client, requests } = await scripted(errors(503, 'Vault is sealed'))
  const secret = { mount: 'cosign', path: 'tiers/dev' }
  const writing = client.session(token).writeKv(secret, { a: 'b' }, 0)
  await expect(writing).rejects.toMatchObject({ code: 'VAULT_SEALED' })
  expect(requests).toHaveLength(1)
})

test.each([
  [301, 'REDIRECT_REFUSED'],
  [302, 'REDIRECT_REFUSED'],
  [307, 'VAULT_STANDBY'],
  [308, 'REDIRECT_REFUSED'],
])('a redirect with %i is not followed, and says %s', async (status, code) => {
  const other = await scripted(json(200, { data: {} }))
  const { client } = await scripted((_request, response) =>
    response.writeHead(status, { location: `${other.address}/v1/auth/token/lookup-self` }).end(),
  )
  await expect(client.session(token).find('auth/token/lookup-self')).rejects.toMatchObject({ code })
  await expect(client.login(login)).rejects.toMatchObject({ code })
  expect(other.requests).toEqual([])
})

test('a server that accepts and says nothing is given up at the deadline', async () => {
  const { client } = await scripted(() => undefined)
  const before = Date.now()
  await expect(client.login(login)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  expect(Date.now() - before).toBeLessThan(3000)
})

test('a revocation gets its time even where the deadline of the step has passed', async () => {
  const { address } = await scripted((_request, response) => {
    setTimeout(() => response.writeHead(204).end(), 300)
  })
  const options = { address: parseVaultAddress(address), namespace: '', ca: undefined }
  const client = new VaultClient({ ...options, timeoutMs: 100, deadlineAt: Date.now() - 1 })
  await expect(client.session(token).revokeSelf()).resolves.toBe('revoked')
})

describe('a revocation that is answered with 403', () => {
  const denied = errors(403, 'permission denied')
  const path = 'auth/token/revoke-self'
  const rights = (...found: readonly string[]): Reply => json(200, { data: { [path]: found } })

  test('finds the token gone, where it was seen to have the right', async () => {
    const { client } = await scripted(rights('update'), denied)
    const session = client.session(token)
    await session.capabilities([path])
    await expect(session.revokeSelf()).resolves.toBe('already gone')
  })

  test.each([
    ['was never asked what it may do', undefined],
    ['has not the right', rights('deny')],
  ])('says that the token lives on, where it %s', async (_what, asked) => {
    const { client } = await scripted(...(asked === undefined ? [] : [asked]), denied)
    const session = client.session(token)
    if (asked !== undefined) await session.capabilities([path])
    await expect(session.revokeSelf()).rejects.toMatchObject({
      code: 'VAULT_REVOKE_FAILED',
      message: expect.stringContaining('lives until its time is over'),
      hint: expect.stringContaining('Grant update on auth/token/revoke-self'),
    })
  })
})

test('a revocation that fails is told', async () => {
  const { client } = await scripted(errors(400, 'batch tokens cannot be revoked'))
  const revoked = client.session(token).revokeSelf()
  await expect(revoked).rejects.toMatchObject({ code: 'VAULT_REVOKE_FAILED' })
})

test('every error of an answer is told, not only the first', async () => {
  const { client } = await scripted(errors(400, 'first reason', 'second reason'))
  await expect(client.session(token).find('auth/token/lookup-self')).rejects.toThrow(
    'first reason; second reason',
  )
})

test('a server that echoes what it was sent does not get it into an error', async () => {
  const { client } = await scripted((request, response, body) =>
    errors(400, `you said ${body} with ${request.headers['x-vault-token']}`)(request, response, ''),
  )
  const failures = [
    await failureOf(client.login(login)),
    await failureOf(client.session(token).find('auth/token/lookup-self')),
    await failureOf(client.lookupWrapping('s.CANARY-wrapping')),
    await failureOf(client.unwrap('s.CANARY-wrapping')),
  ]
  const shown = failures.map((failure) => inspect(failure, { depth: 20 })).join('\n')
  expect(shown).toContain('***')
  expect(shown).not.toContain('CANARY')
})

test.each([
  ['a login page', (_: unknown, response: ServerResponse) => response.end('<html>')],
  ['an array', json(200, [])],
  ['no token', json(200, {})],
])('%s in place of Vault is told', async (_what, reply) => {
  const { client } = await scripted(reply)
  await expect(client.login(login)).rejects.toMatchObject({ code: 'VAULT_PROTOCOL' })
})

test('all requests go over one connection, with the header that an agent may require', async () => {
  const { client, requests, connections } = await scripted(
    json(200, granted),
    json(200, { data: {} }),
  )
  const { token: fresh } = await client.login(login)
  await client.session(fresh).capabilities(['a'])
  await client.session(fresh).find('auth/token/lookup-self')
  client.close()
  expect(connections()).toBe(1)
  expect(requests.map(({ headers }) => headers['x-vault-request'])).toEqual([
    'true',
    'true',
    'true',
  ])
  expect(requests.map(({ headers }) => headers['x-vault-namespace'])).toEqual([
    'team',
    'team',
    'team',
  ])
})

test.each([
  ['http to another machine', 'http://vault.internal:8200', /would show the tokens/],
  ['no URL', 'vault.internal', /is not a URL/],
  ['credentials', 'https://me:CANARY@vault.internal', /holds credentials/],
  ['the API version', 'https://vault.internal/v1', /\/v1, which is added/],
  ['a query', 'https://vault.internal/?x=1', /query/],
])('an address is refused that is or holds %s', (_what, text, reason) => {
  expect(() => parseVaultAddress(text)).toThrow(reason)
  expect(() => parseVaultAddress(text)).not.toThrow(/CANARY/)
})
