import {
  answer,
  breakConnection,
  type FaultServer,
  findLeftovers,
  hang,
  loginPage,
  makeCertificateAuthority,
  pushBlob,
  putManifest,
  type Reply,
  type SeenRequest,
  slowly,
  startFaultServer,
  temporaryDirectory,
  trickle,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, type SignSite, startSignSite } from '../real/sign-site.ts'

describe.skipIf(lacksSigningTools)('cosign-sign, a registry that misbehaves:', () => {
  let site: SignSite
  const ca = makeCertificateAuthority(temporaryDirectory('fault-ca'))
  const tls = ca.issue('fault')
  beforeAll(async () => {
    site = await startSignSite({ ca })
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  type Script = (request: SeenRequest) => Reply | undefined

  /** A registry that misbehaves in front of a real one, and an image in it. */
  async function between(script: Script): Promise<{ server: FaultServer; image: string }> {
    const upstream = { url: `https://${site.registry.host}`, caPem: ca.pem }
    const server = await startFaultServer({ script, tls, upstream, host: '127.0.0.2' })
    const image = (await site.push()).replace(site.registry.host, server.host)
    return { server, image }
  }

  const reading: (reply: Reply) => Script = (reply) => () => reply
  const pushing: (reply: Reply) => Script = (reply) => (request) =>
    request.method === 'GET' || request.method === 'HEAD' ? undefined : reply
  const refusal = (status: number, code: string): Reply =>
    answer(status, { errors: [{ code, message: 'no' }] })

  it.concurrent.each([
    ['401', reading(refusal(401, 'UNAUTHORIZED')), 'REGISTRY_UNAUTHORIZED'],
    ['403', reading(refusal(403, 'DENIED')), 'REGISTRY_DENIED'],
    ['404', reading(refusal(404, 'MANIFEST_UNKNOWN')), 'SIGN_IMAGE_ABSENT'],
    ['429', reading(refusal(429, 'TOOMANYREQUESTS')), 'REGISTRY_BUSY'],
    ['500', reading(refusal(500, 'UNKNOWN')), 'REGISTRY_BUSY'],
    ['503', reading(refusal(503, 'UNAVAILABLE')), 'REGISTRY_BUSY'],
    ['a login page', reading(loginPage), 'REGISTRY_LOGIN_PAGE'],
    ['a broken connection', reading(breakConnection), 'CONNECTION_FAILED'],
    ['byte by byte', reading(trickle), 'DEADLINE_EXCEEDED'],
    ['nothing at all', reading(hang), 'DEADLINE_EXCEEDED'],
    ['401 to the push', pushing(refusal(401, 'UNAUTHORIZED')), 'REGISTRY_UNAUTHORIZED'],
    ['429 to the push', pushing(refusal(429, 'TOOMANYREQUESTS')), 'REGISTRY_BUSY'],
    ['500 to the push', pushing(refusal(500, 'UNKNOWN')), 'REGISTRY_BUSY'],
    ['403 to the push', pushing(refusal(403, 'DENIED')), 'REGISTRY_DENIED'],
    ['503 to the push', pushing(refusal(503, 'UNAVAILABLE')), 'REGISTRY_BUSY'],
  ])(
    'ends within its deadline and tells the cause where the registry answers %s',
    async (_, script, code) => {
      const { server, image } = await between(script)
      const startedAt = Date.now()
      const result = await site.sign({ image, 'timeout-seconds': '9' })
      await server.stop()
      expect(result.exitCode).toBe(1)
      expect(result.annotations.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(`^${code}: `),
      )
      expect(result.outputs['signed'] ?? '').toBe('')
      expect(Date.now() - startedAt).toBeLessThan(30_000)
    },
  )

  it('gives an image up at its deadline, though each single answer comes in time', async () => {
    const payload = '{}'
    const { server, image } = await between(({ path }) =>
      path.includes('/blobs/') ? slowly(1_000, answer(200, payload)) : undefined,
    )
    const mediaType = 'application/vnd.dev.cosign.simplesigning.v1+json'
    const { registry } = site
    const layer = await pushBlob(registry, 'dev/payments', mediaType, Buffer.from(payload))
    const layers = Array.from({ length: 20 }, () => layer)
    const type = 'application/vnd.oci.image.manifest.v1+json'
    const manifest = { schemaVersion: 2, mediaType: type, config: layer, layers }
    const tag = `${image.split('@')[1]?.replace(':', '-')}.sig`
    await putManifest(registry, 'dev/payments', tag, type, Buffer.from(JSON.stringify(manifest)))
    const startedAt = Date.now()
    const result = await site.sign({ image, format: 'legacy', 'timeout-seconds': '5' })
    await server.stop()
    expect(result.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(`^DEADLINE_EXCEEDED: .*${server.host}`),
    ])
    expect(Date.now() - startedAt).toBeLessThan(18_000)
  })

  it('leaves no process behind where the registry never answers the push', async () => {
    const { server, image } = await between(pushing(hang))
    const result = await site.sign({ image, 'timeout-seconds': '4' })
    await server.stop()
    expect(result.log).toMatch(/::error::(TOOL_TIMEOUT|DEADLINE_EXCEEDED): /)
    expect(findLeftovers(result.directory).processes).toEqual([])
  })

  it('signs where the registry was busy for a moment', async () => {
    let refused = 0
    const { server, image } = await between((request) => {
      const push = request.method === 'PUT' && request.path.includes('/manifests/')
      return push && refused++ === 0 ? refusal(503, 'UNAVAILABLE') : undefined
    })
    const result = await site.sign({ image })
    await server.stop()
    expect([result.exitCode, refused > 1]).toEqual([0, true])
  })
})
