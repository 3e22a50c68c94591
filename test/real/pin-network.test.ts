import { readFileSync } from 'node:fs'
import {
  answer,
  breakConnection,
  type FaultServer,
  findSecrets,
  hang,
  lacksTools,
  loginPage,
  type Reply,
  redirectTo,
  type SeenRequest,
  startFaultServer,
  startGitServer,
  trickle,
} from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { app, devFiles, gitHost, pinOf } from './pin-fixture.ts'
import { digestOf, makeSource, type PinSite } from './pin-site.ts'

const pins = [pinOf('a')]

// Most of it is waiting.
const options = { concurrent: true } as const
describe.skipIf(lacksTools('kustomize'))(
  'kustomize-pin and a git server in trouble',
  options,
  () => {
    const host = gitHost()

    interface Trouble {
      readonly site: PinSite
      readonly faults: FaultServer
    }

    async function trouble(
      script: (request: SeenRequest, index: number) => Reply | undefined,
    ): Promise<Trouble> {
      const { url, caPath } = host.server
      const site = host.site()
      const upstream = { url, caPem: readFileSync(caPath, 'utf8') }
      return { site, faults: await startFaultServer({ script, upstream }) }
    }

    const addressOf = ({ site, faults }: Trouble): string =>
      `${faults.url}${new URL(site.url).pathname}`

    async function pinThrough(at: Trouble, more: Record<string, string> = {}) {
      const through = { repository: addressOf(at), 'plain-http': 'true' }
      const result = await at.site.pin(pins, { ...through, 'timeout-seconds': '25', ...more })
      await at.faults.stop()
      return result
    }

    test.each([
      ['401', answer(401, 'no', { 'www-authenticate': 'Basic realm="x"' }), 'GIT_UNAUTHORIZED'],
      ['403', answer(403, 'no'), 'GIT_FORBIDDEN'],
      ['404', answer(404, 'no'), 'GIT_REPOSITORY_MISSING'],
      ['a redirect', redirectTo('http://127.0.0.1:1/'), 'REDIRECT_REFUSED'],
      ['a login page', loginPage, 'GIT_REPOSITORY_MISSING'],
      ['429 every time', answer(429, 'slow down'), 'GIT_SERVER_FAILED'],
      ['500 every time', answer(500, 'oops'), 'GIT_SERVER_FAILED'],
      ['503 every time', answer(503, 'later'), 'GIT_SERVER_FAILED'],
    ])('%s ends with its own code', { timeout: 60_000 }, async (_, reply, code) => {
      const result = await pinThrough(await trouble(() => reply))
      expect(result.exitCode).toBe(1)
      expect(result.log).toContain(`::error::${code}: http://`)
    })

    test.each([
      ['401', answer(401, 'no', { 'www-authenticate': 'Basic realm="x"' }), 'GIT_UNAUTHORIZED'],
      ['403', answer(403, 'no'), 'GIT_FORBIDDEN'],
      ['404', answer(404, 'no'), 'GIT_REPOSITORY_MISSING'],
    ])(
      '%s to the push alone ends with its own code, and is not repeated',
      async (_, reply, code) => {
        const at = await trouble(({ path }) =>
          path.endsWith('/git-receive-pack') ? reply : undefined,
        )
        const result = await pinThrough(at)
        expect(result.log).toContain(`::error::${code}: `)
        expect(
          at.faults.requests.filter(({ path }) => path.endsWith('/git-receive-pack')),
        ).toHaveLength(1)
        expect(at.site.git('rev-list', '--count', 'main')).toBe('1')
      },
    )

    test.each([
      ['nothing', hang],
      ['one byte after the other', trickle],
    ])('a push that is answered with %s is given up at the deadline', async (_, reply) => {
      const at = await trouble(({ path }) =>
        path.endsWith('/git-receive-pack') ? reply : undefined,
      )
      const startedAt = Date.now()
      const result = await pinThrough(at, { 'timeout-seconds': '4' })
      expect(result.log).toContain('::error::DEADLINE_EXCEEDED: ')
      expect(Date.now() - startedAt).toBeLessThan(15_000)
    })

    test('a commit that landed, and was not confirmed before the deadline, is named as one that may have', async () => {
      const at = await trouble(() => undefined)
      at.site.hook('post-receive', 'sleep 14')
      const result = await pinThrough(at, { 'timeout-seconds': '12' })
      expect(result.exitCode).toBe(1)
      expect(at.site.git('rev-list', '--count', 'main')).toBe('2')
      const doubt = `No answer came to the push of ${at.site.git('rev-parse', 'main')} for main`
      expect(result.log).toMatch(/::error::DEADLINE_EXCEEDED: /)
      expect(result.log).toContain(doubt)
    })

    test('a push to a server that fails at each is given up after five, with its code', async () => {
      const at = await trouble(({ path }) =>
        path.endsWith('/git-receive-pack') ? answer(503, 'later') : undefined,
      )
      const result = await pinThrough(at, { 'timeout-seconds': '120' })
      expect(result.log).toMatch(
        /::error::GIT_SERVER_FAILED: [^\n]*may have been taken all the same/,
      )
      expect(
        at.faults.requests.filter(({ path }) => path.endsWith('/git-receive-pack')),
      ).toHaveLength(5)
    })

    test('a server that answers byte by byte is given up at the deadline', async () => {
      const startedAt = Date.now()
      const result = await pinThrough(await trouble(() => trickle), { 'timeout-seconds': '4' })
      expect(result.log).toContain('::error::DEADLINE_EXCEEDED: ')
      expect(Date.now() - startedAt).toBeLessThan(15_000)
    })

    test('a server that never answers is given up at the deadline', async () => {
      const started = Date.now()
      const result = await pinThrough(await trouble(() => hang), { 'timeout-seconds': '3' })
      expect(result.log).toContain('DEADLINE_EXCEEDED')
      expect(Date.now() - started).toBeLessThan(15_000)
    })

    test.each([
      ['503', answer(503, 'later')],
      ['a broken connection', breakConnection],
    ])('%s once while reading is tried again', async (_, reply) => {
      const result = await pinThrough(
        await trouble((_, index) => (index === 1 ? reply : undefined)),
      )
      expect(result.outputs['changed'], result.log).toBe('true')
    })

    test('503 while pushing is looked at again, and the pin is there once', async () => {
      const at = await trouble(({ method, path }) => {
        const push = method === 'POST' && path.endsWith('/git-receive-pack')
        return push && at.faults.requests.filter((seen) => seen.path === path).length === 1
          ? answer(503, 'later')
          : undefined
      })
      const result = await pinThrough(at)
      expect(result.outputs, result.log).toMatchObject({ changed: 'true', attempts: '2' })
      expect(at.site.git('rev-list', '--count', 'main')).toBe('2')
    })

    test('a push that was not taken is no success where a newer build is pinned meanwhile', async () => {
      const source = makeSource(2)
      const [older = '', newer = ''] = source.line
      let pushes = 0
      const at = await trouble(({ method, path }) => {
        if (method !== 'POST' || !path.endsWith('/git-receive-pack') || ++pushes > 1)
          return undefined
        const text = `${devFiles['dev/kustomization.yaml']}  digest: ${digestOf('b')}\n`
        const trailers = [
          `Image: ${app}`,
          `Image-Digest: ${digestOf('b')}`,
          `Source-Revision: ${newer}`,
          'Source-Repository: platform/payments',
        ]
        at.site.commit('dev/kustomization.yaml', text, `newer\n\n${trailers.join('\n')}\n`)
        return answer(503, 'later')
      })
      const from = { 'source-revision': older, 'source-checkout': source.directory }
      const result = await pinThrough(at, { ...from, 'timeout-seconds': '60' })
      expect(result.outputs, result.log).toMatchObject({
        commit: at.site.git('rev-parse', 'main'),
        changed: 'false',
        superseded: 'true',
      })
    })

    test('a server that restarts between a push and the next look is waited for', async () => {
      let stopped: Promise<void> | undefined
      const at = await trouble(({ method, path }) => {
        if (method !== 'POST' || !path.endsWith('/git-receive-pack') || stopped) return undefined
        return ({ socket }) => {
          stopped = at.faults.pause(2500)
          socket.destroy()
        }
      })
      const result = await pinThrough(at, { 'timeout-seconds': '60' })
      expect(result.outputs, result.log).toMatchObject({ changed: 'true', attempts: '2' })
      expect(at.site.git('rev-list', '--count', 'main')).toBe('2')
    })

    test('a wrong token, an unknown CA and a closed port are told apart', async () => {
      const site = host.site()
      const wrong = await site.pin(pins, { token: 'another-token-entirely' })
      expect(wrong.log).toContain('GIT_UNAUTHORIZED')
      const other = await startGitServer()
      const untrusted = await site.pin(pins, { 'git-ca': other.caPath })
      await other.stop()
      expect(untrusted.log).toContain('TLS_UNTRUSTED')
      const closed = await site.pin(pins, { repository: 'https://127.0.0.1:1/x.git' })
      expect(closed.log).toContain('CONNECTION_REFUSED')
    })

    test('plain HTTP is refused unless it is named', async () => {
      const result = await pinThrough(await trouble(() => undefined), { 'plain-http': 'false' })
      expect(result.log).toContain('plain HTTP, which plain-http: true would have to allow')
    })

    test('plain HTTP that is named is said in the log and in the summary', async () => {
      const at = await trouble(() => undefined)
      const result = await pinThrough(at)
      const warning = `plain-http is set: the token and the history go to ${addressOf(at)} unencrypted`
      expect(result.annotations).toContainEqual({ level: 'warning', message: warning })
      expect(result.summary).toContain(`| insecure | \`plain-http: ${addressOf(at)}\` |`)
      const safe = await at.site.pin(pins)
      expect(safe.log + safe.summary).not.toContain('plain-http')
    })

    test('a redirect never gets the token', async () => {
      const thief = await startFaultServer({ script: () => answer(404, '') })
      const result = await pinThrough(await trouble(() => redirectTo(thief.url)))
      expect(result.log).toContain('REDIRECT_REFUSED')
      expect(thief.requests).toEqual([])
      await thief.stop()
    })

    test('a proxy of the environment never sees a request', async () => {
      const proxy = await startFaultServer({ script: () => answer(502, '') })
      const env = { HTTPS_PROXY: proxy.url, https_proxy: proxy.url, ALL_PROXY: proxy.url }
      const site = host.site()
      const result = await site.pin(pins, {}, { env })
      expect(result.outputs['changed'], result.log).toBe('true')
      expect(proxy.requests).toEqual([])
      await proxy.stop()
    })

    test.each(['success', 'failure'])('the token is nowhere after a %s', async (ending) => {
      const site = host.site()
      const image = ending === 'success' ? app : `${app}-unknown`
      const result = await site.pin([`dev ${image}@${digestOf('a')}`])
      expect(result.exitCode).toBe(ending === 'success' ? 0 : 1)
      const secrets = { token: host.server.token }
      expect(findSecrets(result.directory, secrets)).toEqual([])
      expect(findSecrets({ log: result.maskedLog, summary: result.summary }, secrets)).toEqual([])
      expect(
        findSecrets({ outputs: JSON.stringify([result.outputs, result.state]) }, secrets),
      ).toEqual([])
      expect(findSecrets(site.bare, secrets)).toEqual([])
    })
  },
)
