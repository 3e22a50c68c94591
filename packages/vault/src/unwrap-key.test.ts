import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { TransitHandle, WrappedHandle } from './handle.ts'
import { openTransitLogin, unwrapKey } from './unwrap-key.ts'

const running: Server[] = []
afterEach(() => {
  for (const server of running.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  running.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  return typeof bound === 'object' && bound !== null ? `http://127.0.0.1:${bound.port}` : ''
}

const shared = { namespace: '', ca: '', token: 's.CANARY-wrapping', creationPath: 'a/b' } as const
const wrapped = (address: string, expiresAt: number): WrappedHandle => ({
  ...{ kind: 'wrapped', ...shared, address, expiresAt },
  fields: { privateKey: 'private_key', password: 'password' },
})
const transit = (address: string, expiresAt: number): TransitHandle => ({
  ...{ kind: 'transit', ...shared, address, expiresAt, mount: 'transit', key: 'dev' },
  ...{ keyVersion: undefined, expectedPolicies: [], siblings: [], denied: [] },
})
const openings = [
  ['wrapped', (address: string, end: number) => unwrapKey(wrapped(address, end), 60_000)],
  ['transit', (address: string, end: number) => openTransitLogin(transit(address, end), 60_000)],
] as const

describe.each(openings)('a handle of kind %s whose life is over', (_kind, open) => {
  test('is refused before anything is asked of Vault, and is no alarm', async () => {
    let asked = 0
    const address = await listen(() => {
      asked += 1
    })
    await expect(open(address, Date.now() - 42_000)).rejects.toMatchObject({
      code: 'VAULT_HANDLE_EXPIRED',
      message: expect.stringMatching(/4\d s before/),
      hint: expect.stringContaining('handle-ttl-seconds'),
    })
    expect(asked).toBe(0)
  })

  test('while Vault is asked is told as that, and not as a network that is slow', async () => {
    const address = await listen(() => undefined)
    await expect(open(address, Date.now() + 500)).rejects.toMatchObject({
      code: 'VAULT_HANDLE_EXPIRED',
      message: expect.stringContaining('did not answer before'),
    })
  })
})

test('a token that another request made is an alarm, which says where it is told what to do', async () => {
  const address = await listen((_, response) => {
    response.end(JSON.stringify({ data: { creation_path: 'someone/else' } }))
  })
  await expect(unwrapKey(wrapped(address, Date.now() + 60_000), 60_000)).rejects.toMatchObject({
    code: 'VAULT_WRAPPING_FOREIGN',
    hint: expect.stringContaining('docs/runbooks/rotate-key.md of tierseal'),
  })
})

test('opening a transit handle has one deadline, which is not the end of the handle', async () => {
  const address = await listen(({ url = '' }, response) => {
    const found = { data: { creation_path: 'a/b' }, auth: { client_token: 's.CANARY-login' } }
    response.end(JSON.stringify(url.endsWith('lookup') ? { data: found.data } : found))
  })
  const startedAt = Date.now()
  const { client } = await openTransitLogin(transit(address, startedAt + 30_000), 60_000)
  client.close()
  expect(client.deadlineAt).toBeGreaterThanOrEqual(startedAt + 60_000)
  expect(client.deadlineAt).toBeLessThanOrEqual(Date.now() + 60_000)
})

test.each([[12345], [null], [{}]])(
  'a password that is stored as %j is told as that, and is not left out',
  async (password) => {
    const address = await listen(({ url = '' }, response) => {
      const data = url.endsWith('lookup')
        ? { creation_path: 'a/b' }
        : { private_key: 'x', password }
      response.end(JSON.stringify({ data }))
    })
    await expect(unwrapKey(wrapped(address, Date.now() + 60_000), 60_000)).rejects.toMatchObject({
      code: 'VAULT_FIELD_MISSING',
      message: expect.stringContaining('non-text field password'),
    })
  },
)

test('a 503 that is not of Vault itself is no reason to open a second time: the first may have come through', async () => {
  let asked = 0
  const address = await listen(({ url = '' }, response) => {
    if (url.endsWith('lookup')) {
      response.end(JSON.stringify({ data: { creation_path: 'a/b' } }))
    } else if (++asked === 1) {
      // As Envoy says it where the connection broke behind a request that was sent on.
      response.writeHead(503).end('upstream connect error or disconnect/reset before headers')
    } else {
      const errors = ['wrapping token is not valid or does not exist']
      response.writeHead(400).end(JSON.stringify({ errors }))
    }
  })
  await expect(unwrapKey(wrapped(address, Date.now() + 60_000), 2000)).rejects.toMatchObject({
    code: 'VAULT_UNAVAILABLE',
  })
  expect(asked).toBe(1)
})

test('a Vault that is sealed for a moment is asked again for what a handle holds', async () => {
  let asked = 0
  const address = await listen(({ url = '' }, response) => {
    if (url.endsWith('lookup')) {
      response.end(JSON.stringify({ data: { creation_path: 'a/b' } }))
    } else if (++asked === 1) {
      response.writeHead(503).end(JSON.stringify({ errors: ['Vault is sealed'] }))
    } else response.end(JSON.stringify({ data: { private_key: 'a key' } }))
  })
  const opened = await unwrapKey(wrapped(address, Date.now() + 60_000), 5000)
  expect(opened.privateKey).toBe('a key')
})
