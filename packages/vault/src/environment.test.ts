import { createServer, type IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseVaultAddress } from './address.ts'
import { VaultClient } from './client.ts'

// Read by node-vault or by what it loads, when it loads; so it is set before any import.
vi.hoisted(() => {
  process.env['DEBUG'] = '*'
})

const secret = { jwt: 'e30.CANARY-jwt.c2ln', token: 's.CANARY-token' }
const login = { mount: 'k8s/ci=a&b', role: 'dev', jwt: secret.jwt }
const seen: IncomingMessage[] = []
const answer = JSON.stringify({ request_id: 'r', auth: { client_token: secret.token } })
const server = createServer((request, response) => {
  seen.push(request)
  request.resume().on('end', () => response.end(answer))
})
let address = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  address = typeof bound === 'object' && bound !== null ? `http://127.0.0.1:${bound.port}` : ''
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function withClient<T>(use: (client: VaultClient) => Promise<T>, at = address): Promise<T> {
  const options = { address: parseVaultAddress(at), namespace: '', ca: undefined, timeoutMs: 2000 }
  const client = new VaultClient(options)
  try {
    seen.length = 0
    return await use(client)
  } finally {
    client.close()
  }
}

test('takes no token, namespace, prefix or address from the environment', async () => {
  vi.stubEnv('VAULT_TOKEN', 's.of-somebody-else')
  vi.stubEnv('VAULT_NAMESPACE', 'elsewhere')
  vi.stubEnv('VAULT_PREFIX', '/prefix')
  vi.stubEnv('VAULT_ADDR', 'http://127.0.0.1:9')
  await withClient((client) => client.login(login))
  vi.unstubAllEnvs()
  expect(seen).toHaveLength(1)
  expect(seen[0]?.headers).not.toHaveProperty('x-vault-token')
  expect(seen[0]?.headers).not.toHaveProperty('x-vault-namespace')
  expect(seen[0]?.url).toMatch(/^\/v1\/auth\//)
})

test('obeys no proxy variable', async () => {
  const gone = 'http://127.0.0.1:9'
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy']) {
    vi.stubEnv(name, gone)
  }
  await withClient((client) => client.login(login))
  vi.unstubAllEnvs()
  expect(seen).toHaveLength(1)
})

test('names the mount in the path, and encodes it for a URL and not for HTML', async () => {
  await withClient((client) => client.login(login))
  expect(seen[0]?.url).toBe('/v1/auth/k8s/ci%3Da%26b/login')
})

test('prints nothing, whatever DEBUG says', async () => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    await withClient(async (client) => {
      const { token } = await client.login(login)
      await client.session(token).find('auth/token/lookup-self')
    })
    expect([...out.mock.calls, ...err.mock.calls]).toEqual([])
  } finally {
    vi.restoreAllMocks()
  }
})

test('puts neither token nor service account token into the error of a broken connection', async () => {
  const failures = await withClient(
    (client) =>
      Promise.all([
        client.login(login).catch((error: unknown) => error),
        client
          .session(secret.token)
          .find('auth/token/lookup-self')
          .catch((error: unknown) => error),
      ]),
    'http://127.0.0.1:9',
  )
  for (const failure of failures) {
    expect(failure).toMatchObject({ code: 'CONNECTION_REFUSED' })
    expect(inspect(failure, { depth: 20 }) + JSON.stringify(failure)).not.toContain('CANARY')
  }
})
