import { loadCertificateAuthority } from '@tierseal/https'
import { parseDigestReference } from '@tierseal/oci'
import { RegistryClient, tryDescriptor } from '@tierseal/registry'
import { pushBlob, pushImage, putManifest, toolPath } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, runCosign, type SignSite, startSignSite } from './sign-site.ts'

describe.skipIf(lacksSigningTools)('a bundle with a second signature in it', () => {
  let site: SignSite
  beforeAll(async () => {
    site = await startSignSite({ referrers: true })
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  it('counts neither for cosign nor for us: the image is signed', async () => {
    const named = (path: string, digest: string) => `${site.registry.host}/${path}@${digest}`
    const digest = await pushImage(site.registry, 'dev/signed', { seed: 'several' })
    await pushImage(site.registry, 'dev/copied', { seed: 'several' })
    const signed = await site.sign({ image: named('dev/signed', digest) })
    await copyWithSecondSignature(signed.outputs['signature'] ?? '')

    const image = named('dev/copied', digest)
    const flags = ['--insecure-ignore-tlog', '--registry-cacert', site.registry.caPath]
    const verify = ['verify', ...flags, '--key', 'env://PUB', image]
    const { publicKey } = site.keys.dev
    const before = await runCosign(site, 'cosign3', verify, { PUB: publicKey })
    expect(before.exitCode).not.toBe(0)
    expect(before.stderr).toContain('exactly one signature is required')

    const result = await site.sign({ image, 'cosign-path': toolPath('cosign3') })
    expect(result.outputs).toMatchObject({ signed: image, skipped: '' })
    expect((await runCosign(site, 'cosign3', verify, { PUB: publicKey })).exitCode).toBe(0)
  })

  async function copyWithSecondSignature(signature: string): Promise<void> {
    const { registry } = site
    const { host, username, password, caPath } = registry
    const ca = loadCertificateAuthority(caPath)
    const credentials = { username, password }
    const client = new RegistryClient({ host, ca, credentials, timeoutMs: 10_000 })
    const reference = parseDigestReference(signature)
    const stored = await client.getManifest('dev/signed', reference.digest)
    const manifest = JSON.parse(stored?.bytes.toString() ?? '')
    const layer = tryDescriptor(manifest.layers[0])
    if (layer === undefined) throw new Error('the signature has no layer')
    const blob = await client.getBlob('dev/signed', layer, reference.digest)
    client.close()
    const bundle = JSON.parse(blob?.toString() ?? '')
    const { signatures } = bundle.dsseEnvelope
    bundle.dsseEnvelope.signatures = [...signatures, ...signatures]
    const text = Buffer.from(JSON.stringify(bundle))
    const changed = await pushBlob(registry, 'dev/copied', layer.mediaType, text)
    await pushBlob(registry, 'dev/copied', manifest.config.mediaType, Buffer.from('{}'))
    const bytes = Buffer.from(JSON.stringify({ ...manifest, layers: [changed] }))
    await putManifest(registry, 'dev/copied', undefined, stored?.mediaType ?? '', bytes)
  }
})
