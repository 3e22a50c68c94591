import {
  answer,
  breakConnection,
  hang,
  lacksTools,
  loginPage,
  type Reply,
  redirectTo,
  runAction,
  type SeenRequest,
  slowly,
  startFaultServer,
  trickle,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Site, startSite } from './vault/site.ts'

type Script = (request: SeenRequest, index: number) => Reply | undefined

describe.skipIf(lacksTools('openbao', 'cosign3'))('vault-fetch-key, with a real Vault,', () => {
  let site: Site

  beforeAll(async () => {
    site = await startSite('openbao')
  })

  afterAll(() => site[Symbol.asyncDispose]())

  // A real Vault behind a server that misbehaves as it is told.
  async function runBehind(script: Script, inputs: Readonly<Record<string, string>> = {}) {
    const upstream = { url: site.address, caPem: site.caPem }
    await using server = await startFaultServer({ script, upstream })
    const all = { ...site.inputs, 'vault-address': server.url, 'timeout-seconds': '5', ...inputs }
    const startedAt = Date.now()
    const result = await runAction('vault-fetch-key', { inputs: all })
    const paths = server.requests.map(({ path }) => path)
    return { ...result, paths, tookMs: Date.now() - startedAt }
  }

  const at =
    (part: string, reply: Reply): Script =>
    ({ path }) =>
      path.includes(part) ? reply : undefined

  // Only the first requests to this path are met by the reply.
  function firstAt(part: string, reply: Reply, times = 1): Script {
    let left = times
    return ({ path }) => (path.includes(part) && left-- > 0 ? reply : undefined)
  }

  const requests = [
    ['the login', 'auth/kubernetes/login'],
    ['the question what it may do', 'capabilities-self'],
    ['the read of the public key', 'public/dev'],
    ['the read of the key', 'tiers/dev'],
  ] as const

  // Most of it is waiting.
  describe('a Vault that is not well', { concurrent: true }, () => {
    test.each(requests)(
      'and says nothing to %s is given up at the deadline',
      async (_what, path) => {
        const { exitCode, outputs, stdout, paths, tookMs } = await runBehind(at(path, hang))
        expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} })
        expect(stdout).toContain('DEADLINE_EXCEEDED')
        // Only where nothing was answered it may be the network.
        const cause = path === 'auth/kubernetes/login' ? 'firewall' : 'raise timeout-seconds'
        expect(stdout).toContain(cause)
        expect(tookMs).toBeLessThan(15_000)
        // A token that was given is revoked, though the time of the step is over.
        const revoked = paths.some((each) => each.endsWith('revoke-self'))
        expect(revoked).toBe(path !== 'auth/kubernetes/login')
      },
    )

    test('and sends its answer byte by byte, for ever, is given up too', async () => {
      const { stdout, tookMs } = await runBehind(at('login', trickle))
      expect(stdout).toContain('DEADLINE_EXCEEDED')
      expect(tookMs).toBeLessThan(15_000)
    })

    test.each([
      ['limits the rate', 429],
      ['lags behind', 412],
      ['is between two leaders', 503],
      ['stands behind a proxy that lost it', 502],
    ])('and %s for a moment (%i) does not fail the step', async (_what, status) => {
      const script = firstAt('tiers/dev', answer(status, { errors: ['wait'] }), 2)
      const { exitCode, paths } = await runBehind(script, { 'timeout-seconds': '10' })
      expect(exitCode).toBe(0)
      expect(paths.filter((path) => path.includes('tiers/dev'))).toHaveLength(3)
    })

    test('and breaks the connection once does not fail the step', async () => {
      const { exitCode } = await runBehind(firstAt('public/dev', breakConnection))
      expect(exitCode).toBe(0)
    })

    test('and answers slowly, but in time, does not fail the step', async () => {
      const script = firstAt('tiers/dev', slowly(700, answer(503, { errors: ['wait'] })))
      expect((await runBehind(script, { 'timeout-seconds': '10' })).exitCode).toBe(0)
    })

    // Vault itself never answers 401: a proxy that wants to know who asks does.
    test.each([
      [401, 'VAULT_LOGIN_DENIED'],
      [403, 'VAULT_LOGIN_DENIED'],
      [404, 'VAULT_LOGIN_DENIED'],
      [429, 'VAULT_RATE_LIMITED'],
      [500, 'VAULT_UNAVAILABLE'],
      [503, 'VAULT_UNAVAILABLE'],
    ])('and answers the login with %i fails with %s', async (status, code) => {
      const reply = answer(status, { errors: ['not now'] })
      const { exitCode, outputs, stdout, tookMs } = await runBehind(at('login', reply))
      expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} })
      expect(stdout).toContain(`::error::${code}: `)
      expect(tookMs).toBeLessThan(15_000)
    })

    test.each([
      [401, 'VAULT_REFUSED'],
      [403, 'VAULT_DENIED'],
      [404, 'VAULT_REFUSED'],
      [429, 'VAULT_RATE_LIMITED'],
      [412, 'VAULT_LAGGING'],
      [500, 'VAULT_UNAVAILABLE'],
      [502, 'VAULT_UNAVAILABLE'],
      [503, 'VAULT_UNAVAILABLE'],
    ])('and keeps answering %i fails with %s', async (status, code) => {
      const reply = answer(status, { errors: ['not now'] })
      const { exitCode, outputs, stdout } = await runBehind(at('tiers/dev', reply))
      expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} })
      expect(stdout).toContain(code)
    })

    test('or is a login page, is told', async () => {
      expect((await runBehind(() => loginPage)).stdout).toContain('::error::VAULT_PROTOCOL')
    })
  })

  describe('a token', () => {
    test('does not follow a redirect: nothing is sent to where it points', async () => {
      await using elsewhere = await startFaultServer({ script: () => answer(200, {}) })
      for (const [path, status, code] of [
        ['login', 307, 'VAULT_STANDBY'],
        ['tiers/dev', 307, 'VAULT_STANDBY'],
        ['tiers/dev', 302, 'REDIRECT_REFUSED'],
      ] as const) {
        const { exitCode, stdout } = await runBehind(at(path, redirectTo(elsewhere.url, status)))
        expect(exitCode).toBe(1)
        expect(stdout).toContain(`::error::${code}`)
      }
      expect(elsewhere.requests).toEqual([])
    })

    test('goes through no proxy', async () => {
      await using proxy = await startFaultServer({ script: () => answer(502) })
      const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy']
      const env = Object.fromEntries([
        ...names.map((name) => [name, proxy.url]),
        ['NODE_USE_ENV_PROXY', '1'],
      ])
      const { exitCode } = await runAction('vault-fetch-key', { inputs: site.inputs, env })
      expect(exitCode).toBe(0)
      expect(proxy.connections()).toBe(0)
    })

    test('that cannot be revoked fails the step, and no handle is given out', async () => {
      const failing = at('revoke-self', answer(500, { errors: ['storage'] }))
      const { exitCode, outputs, stdout } = await runBehind(failing)
      expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} })
      expect(stdout).toContain('VAULT_REVOKE_FAILED')
    })

    test('that lives on after another failure is told beside it', async () => {
      const script: Script = ({ path }) =>
        /tiers\/dev|revoke-self/.test(path) ? answer(500, { errors: ['storage'] }) : undefined
      const { stdout } = await runBehind(script)
      expect(stdout).toMatch(
        /VAULT_UNAVAILABLE.*Besides, the token lives for another 300 s at most/,
      )
    })
  })

  test('runs the same on Node 20', async () => {
    const { exitCode, outputs } = await runAction('vault-fetch-key', {
      inputs: site.inputs,
      node: 20,
    })
    expect(exitCode).toBe(0)
    expect(outputs['key']).toMatch(/^tierseal:v1:/)
  })
})
