import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionResult,
  answer,
  breakConnection,
  type FaultServer,
  hang,
  lacksTools,
  loginPage,
  makeCertificateAuthority,
  type Reply,
  redirectTo,
  type SeenRequest,
  startFaultServer,
  startRegistry,
  type TestRegistry,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWithStandIn } from './build/stand-in.ts'

const isRoot = process.getuid?.() === 0
const dockerfile = 'FROM scratch\nCOPY data.txt /srv/data.txt\nRUN say work was done\n'
const other = `sha256:${'0'.repeat(64)}`

// At the same time: most of each test is waiting between two tries.
describe.skipIf(lacksTools('kaniko-stand-in', 'registry') || !isRoot)(
  'kaniko-build, with a stand-in for kaniko that really pushes: a registry that answers wrongly',
  { concurrent: true, timeout: 180_000 },
  () => {
    const ca = makeCertificateAuthority(temporaryDirectory('fault-ca'))
    const tls = ca.issue('fault')
    let registry: TestRegistry
    beforeAll(async () => {
      registry = await startRegistry({ ca })
    })
    afterAll(() => registry.stop())

    let builds = 0

    type Fault = (request: SeenRequest, front: FaultServer) => Reply | undefined

    /** Builds through a front that lets everything pass until the image is pushed, or from the start not. */
    async function buildBehind(fault: Fault, since: 'the push' | 'the start' = 'the push') {
      let faulty = since === 'the start'
      const script = (request: SeenRequest): Reply | undefined => {
        if (faulty) return fault(request, front)
        faulty = request.method === 'PUT' && request.path.includes('/manifests/')
        return undefined
      }
      const upstream = { url: `https://${registry.host}`, caPem: ca.pem }
      await using front = await startFaultServer({ script, tls, upstream, host: '127.0.0.2' })
      // Builds go on at the same time: a tag that two of them push would differ.
      const destination = `${front.host}/dev/app-${builds++}:1`
      const inputs = { destination, 'digest-file': 'digest', 'timeout-seconds': '20' }
      return await buildWithStandIn({ ...registry, host: front.host }, dockerfile, inputs)
    }

    function refusal(result: ActionResult): string {
      expect([result.exitCode, result.outputs, result.summary]).toEqual([1, {}, ''])
      expect(existsSync(join(result.workspace, 'digest'))).toBe(false)
      return result.annotations.map(({ message }) => message).join('\n')
    }

    const always =
      (reply: Reply): Fault =>
      () =>
        reply
    const says = (status: number, code: string, headers = {}): Fault =>
      always(answer(status, { errors: [{ code, message: 'no' }] }, headers))
    const notFoundPage = answer(404, '<html></html>', { 'content-type': 'text/html' })
    const another = makeCertificateAuthority(temporaryDirectory('another-ca'))
    const certificateOfAnother: Fault = (_, front) => {
      front.showCertificate(another.issue('another'))
      return breakConnection
    }

    const wrongAtAnyTime = [
      ['401', says(401, 'UNAUTHORIZED'), 'REGISTRY_UNAUTHORIZED', /Check the user name/],
      ['403', says(403, 'DENIED'), 'REGISTRY_DENIED', /Grant the account access/],
      ['405', says(405, 'UNSUPPORTED'), 'REGISTRY_PROTOCOL', /HEAD/],
      ['429', says(429, 'TOOMANYREQUESTS'), 'REGISTRY_BUSY', /answered 429/],
      [
        '429, come back in an hour',
        says(429, 'TOOMANYREQUESTS', { 'retry-after': '3600' }),
        'REGISTRY_BUSY',
        /come back in 3600 s/,
      ],
      ['500', says(500, 'UNKNOWN'), 'REGISTRY_BUSY', /answered 500/],
      ['502', always(answer(502, '<html>Bad Gateway</html>')), 'REGISTRY_BUSY', /answered 502/],
      ['503', says(503, 'UNAVAILABLE'), 'REGISTRY_BUSY', /answered 503/],
      ['404 and a page', always(notFoundPage), 'REGISTRY_LOGIN_PAGE', /404 with an HTML page/],
      ['a login page', always(loginPage), 'REGISTRY_LOGIN_PAGE', /single sign-on/],
      [
        'a redirect to a login',
        always(redirectTo('https://sso.internal/', 302)),
        'REGISTRY_LOGIN_PAGE',
        /https:\/\/sso\.internal/,
      ],
      ['a broken connection', always(breakConnection), 'CONNECTION_FAILED', /./],
      ['nothing', always(hang), 'DEADLINE_EXCEEDED', /firewall/],
      ['a certificate of another CA', certificateOfAnother, 'TLS_UNTRUSTED', /Give the CA/],
    ] as const

    test.each(wrongAtAnyTime)(
      'answers the proof after the push with %s: its own code, and no digest is handed on',
      async (_what, fault, code, text) => {
        const result = await buildBehind(fault)
        const message = refusal(result)
        expect(message).toMatch(new RegExp(`^${code}: `))
        expect(message).toMatch(text)
        expect(result.log).toContain('work was done')
      },
    )

    test.each(wrongAtAnyTime)(
      'answers the first question with %s: the same code, before any work is done',
      async (_what, fault, code, text) => {
        const result = await buildBehind(fault, 'the start')
        const message = refusal(result)
        expect(message).toMatch(new RegExp(`^${code}: `))
        expect(message).toMatch(text)
        expect(result.log).not.toContain('work was done')
      },
    )

    const named = (digest: string): Reply =>
      answer(200, '', {
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
        'docker-content-digest': digest,
      })

    test.each([
      ['404', says(404, 'MANIFEST_UNKNOWN'), 'BUILD_NOT_IN_REGISTRY'],
      ['another digest', always(named(other)), 'REGISTRY_DIGEST_MISMATCH'],
      [
        'another digest under the tag',
        ({ path }: SeenRequest) => (path.endsWith('/1') ? named(other) : undefined),
        'BUILD_TAG_DIFFERS',
      ],
      [
        'no tag',
        ({ path }: SeenRequest) => (path.endsWith('/1') ? answer(404, {}) : undefined),
        'BUILD_NOT_IN_REGISTRY',
      ],
      [
        'no digest, and another content',
        always(answer(200, '{}', { 'content-type': 'application/json' })),
        'REGISTRY_DIGEST_MISMATCH',
      ],
    ])(
      'answers the proof after the push with %s: its own code, and no digest is handed on',
      async (_what, fault, code) => {
        expect(refusal(await buildBehind(fault))).toMatch(new RegExp(`^${code}: `))
      },
    )

    test.each([
      ['429', answer(429, '', { 'retry-after': '1' })],
      ['503', answer(503)],
      ['a broken connection', breakConnection],
    ])(
      'and answers the proof with %s for a moment does not fail the step',
      async (_what, reply) => {
        let left = 2
        const result = await buildBehind(() => (left-- > 0 ? reply : undefined))
        expect(result).toMatchObject({ exitCode: 0, annotations: [] })
        expect(result.outputs['digest']).toMatch(/^sha256:[0-9a-f]{64}$/)
        expect(left).toBeLessThan(0)
      },
    )
  },
)
