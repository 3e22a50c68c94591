import {
  type ActionResult,
  answer,
  breakConnection,
  findSecrets,
  hang,
  lacksTools,
  loginPage,
  makeCertificateAuthority,
  type Reply,
  redirectTo,
  type SeenRequest,
  startFaultServer,
  temporaryDirectory,
  trickle,
} from '@tierseal/test-kit'
import { beforeAll, describe, expect, test } from 'vitest'
import { gitHost } from './pin-fixture.ts'
import { digestOf, git, overlayFiles, type PinSite, registry } from './pin-site.ts'

const apps = [`${registry}/app`, `${registry}/web`]
const images = `images:\n${apps.map((app) => `- name: ${app}\n`).join('')}`
const pinsOf = (digit: string) => apps.map((app) => `dev ${app}@${digestOf(digit)}`)
const sourceToken = 'canary-source-token-8K'

// They wait more than they work.
const together = { concurrent: true, timeout: 180_000 } as const

// A checkout that is older than what is deployed: only the forge can tell the order.
describe.skipIf(lacksTools('kustomize'))(
  'kustomize-pin and a forge that answers wrongly',
  together,
  () => {
    const ca = makeCertificateAuthority(temporaryDirectory('forge-ca'))
    const tls = ca.issue('forge')
    const host = gitHost({ ca })
    let forge: PinSite
    let checkout: string
    let older: string
    let newer: string
    beforeAll(() => {
      forge = host.site({ 'README.md': 'source' }, 'forge')
      older = forge.git('rev-parse', 'main')
      checkout = `${temporaryDirectory('old')}/checkout`
      git('/', ['clone', '--quiet', `file://${forge.bare}`, checkout])
      newer = forge.commit('README.md', 'more')
    })

    /** A GitOps repository on which images of this commit stand. */
    async function deployed(revision: string): Promise<PinSite> {
      const site = host.site(overlayFiles('dev', images, apps))
      const from = { 'source-repository': 'src', 'source-revision': revision }
      const first = await site.pin(pinsOf('9'), from)
      expect(first.outputs['changed'], first.log).toBe('true')
      return site
    }

    interface Asked {
      readonly result: ActionResult
      readonly asked: readonly string[]
      /** Commits on the branch; one came before the first pin. */
      readonly commits: string
    }

    /** Pins an older build, with a forge behind a server that does as the script says. */
    async function pinOlder(
      script: (request: SeenRequest, index: number) => Reply | undefined,
      more: Readonly<Record<string, string>> = {},
      deployedRevision = newer,
    ): Promise<Asked> {
      const site = await deployed(deployedRevision)
      const upstream = { url: host.server.url, caPem: ca.pem }
      await using front = await startFaultServer({ script, tls, upstream })
      const result = await site.pin(pinsOf('1'), {
        'source-repository': 'src',
        'source-revision': older,
        'source-checkout': checkout,
        'source-url': `${front.url}/forge.git`,
        'source-token': sourceToken,
        'timeout-seconds': '60',
        ...more,
      })
      const asked = front.requests.map(({ method, path }) => `${method} ${path}`)
      return { result, asked, commits: site.git('rev-list', '--count', 'main') }
    }

    function refusal({ result, commits }: Asked): string {
      expect([result.exitCode, result.outputs, commits]).toEqual([1, {}, '2'])
      const secrets = { sourceToken }
      expect(findSecrets({ log: result.maskedLog, summary: result.summary }, secrets)).toEqual([])
      const errors = result.annotations.filter(({ level }) => level === 'error')
      return errors.map(({ message }) => message).join('\n')
    }

    const always = (reply: Reply) => () => reply
    const unauthorized = answer(401, 'no', { 'www-authenticate': 'Basic realm="x"' })

    test.each([
      ['401', unauthorized, 'GIT_UNAUTHORIZED', /source-token/],
      ['403', answer(403, 'no'), 'GIT_FORBIDDEN', /source-token/],
      ['404', answer(404, 'no'), 'GIT_REPOSITORY_MISSING', /source-url/],
      ['429', answer(429, 'slow down'), 'GIT_SERVER_FAILED', /429/],
      ['500', answer(500, 'oops'), 'GIT_SERVER_FAILED', /500/],
      ['502', answer(502, 'lost'), 'GIT_SERVER_FAILED', /502/],
      ['503', answer(503, 'later'), 'GIT_SERVER_FAILED', /503/],
      ['a login page', loginPage, 'GIT_REPOSITORY_MISSING', /source-url/],
      ['a broken connection', breakConnection, 'CONNECTION_FAILED', /what stands between/],
    ])(
      '%s ends with its own code and the address, and nothing is pushed',
      async (_, reply, code, hint) => {
        const asked = await pinOlder(always(reply))
        const message = refusal(asked)
        expect(message).toMatch(new RegExp(`^${code}: `))
        expect(message).toMatch(/https:\/\/127\.0\.0\.1:\d+\/forge\.git/)
        expect(message).toMatch(hint)
        expect(message).toContain('allow-unknown-order')
      },
    )

    test.each([
      ['nothing', hang],
      ['one byte after the other', trickle],
    ])('%s is given up at the deadline, which names the forge', async (_, reply) => {
      const startedAt = Date.now()
      const message = refusal(await pinOlder(always(reply), { 'timeout-seconds': '15' }))
      expect(message).toMatch(/^DEADLINE_EXCEEDED: [\s\S]*\/forge\.git/)
      expect(Date.now() - startedAt).toBeLessThan(45_000)
    })

    test('a redirect is not followed: nothing of the token or the question goes there', async () => {
      await using elsewhere = await startFaultServer({ script: always(answer(404)), tls })
      const message = refusal(await pinOlder(always(redirectTo(elsewhere.url))))
      expect(message).toMatch(/^REDIRECT_REFUSED: /)
      expect(elsewhere.connections()).toBe(0)
    })

    test('a certificate of another CA is told, and sees no token', async () => {
      const another = makeCertificateAuthority(temporaryDirectory('another-ca'))
      const script = always(answer(200))
      await using imposter = await startFaultServer({ script, tls: another.issue('imposter') })
      const url = { 'source-url': `${imposter.url}/forge.git` }
      const message = refusal(await pinOlder(() => undefined, url))
      expect(message).toMatch(/^TLS_UNTRUSTED: /)
      expect(message).toContain('git-ca')
      expect(imposter.requests).toEqual([])
    })

    test('a port where nobody listens is told', async () => {
      const url = { 'source-url': 'https://127.0.0.1:1/forge.git' }
      expect(refusal(await pinOlder(() => undefined, url))).toMatch(/^CONNECTION_REFUSED: /)
    })

    test('a commit that the forge does not hold leaves the order unknown, in the words of the forge', async () => {
      const token = { 'source-token': host.server.token }
      const message = refusal(await pinOlder(() => undefined, token, 'f'.repeat(40)))
      expect(message).toMatch(/^PIN_ORDER_UNKNOWN: [\s\S]*not our ref f{40}/)
    })

    test('503 for a moment is asked again, and the newer build stays', async () => {
      const later = answer(503, 'later')
      const script = (_: SeenRequest, index: number) => (index === 0 ? later : undefined)
      const { result } = await pinOlder(script, { 'source-token': host.server.token })
      expect(result.outputs, result.log).toMatchObject({ changed: 'false', superseded: 'true' })
    })

    test('with allow-unknown-order the cause is a warning, and the forge is not asked for each image', async () => {
      const allowed = { 'allow-unknown-order': 'true' }
      const { result, asked, commits } = await pinOlder(always(answer(403, 'no')), allowed)
      expect(result.outputs['changed'], result.log).toBe('true')
      expect([asked.length, commits]).toEqual([1, '3'])
      const warnings = result.annotations.map(({ message }) => message)
      expect(warnings).toContainEqual(expect.stringMatching(/GIT_FORBIDDEN: [\s\S]*\/forge\.git/))
    })
  },
)
