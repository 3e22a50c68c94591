import { loadCertificateAuthority } from '@tierseal/https'
import { parseDigest } from '@tierseal/oci'
import { RegistryClient, resolveCredentials } from '@tierseal/registry'
import {
  lacksTools,
  pushBlob,
  pushImage,
  putManifest,
  startRegistry,
  type TestRegistry,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const kinds = [
  ['CNCF distribution, which has no referrers API', 'registry', false],
  ['a registry that has the referrers API', 'referrers-registry', true],
] as const

for (const [kind, tool, referrers] of kinds) {
  describe.skipIf(lacksTools(tool))(`RegistryClient against ${kind}`, () => {
    let registry: TestRegistry
    let client: RegistryClient

    beforeAll(async () => {
      registry = await startRegistry({ referrers })
      const { host, caPem, dockerConfigDirectory: dockerConfig } = registry
      client = new RegistryClient({
        host,
        ca: loadCertificateAuthority(caPem),
        credentials: await resolveCredentials({ dockerConfig }, host),
        timeoutMs: 10_000,
      })
    })

    afterAll(async () => {
      client.close()
      await registry.stop()
    })

    test('reads a manifest by digest and by tag, and its tag in the list', async () => {
      const digest = parseDigest(await pushImage(registry, 'dev/app', { tag: '1' }))
      const manifest = await client.getManifest('dev/app', digest)
      expect(manifest?.digest).toBe(digest)
      const head = await client.headManifest('dev/app', '1')
      expect(head).toEqual({ digest, mediaType: manifest?.mediaType, size: manifest?.bytes.length })
      expect(await client.tagsList('dev/app')).toContain('1')
    })

    test('gives undefined for what is not there', async () => {
      const digest = parseDigest(`sha256:${'a'.repeat(64)}`)
      expect(await client.getManifest('dev/app', digest)).toBeUndefined()
      expect(await client.headManifest('dev/absent', '1')).toBeUndefined()
      expect(await client.getBlob('dev/app', { digest, size: 1 }, digest)).toBeUndefined()
      expect(await client.tagsList('dev/absent')).toEqual([])
    })

    test('reads a blob', async () => {
      const pushed = await pushBlob(registry, 'dev/app', 'text/plain', Buffer.from('blob'))
      const digest = parseDigest(pushed.digest)
      const blob = await client.getBlob('dev/app', { digest, size: pushed.size }, digest)
      expect(blob?.toString()).toBe('blob')
    })

    test('lists what refers to an image, and says where it found it', async () => {
      const digest = parseDigest(await pushImage(registry, 'dev/signed', { tag: '1' }))
      expect(await client.listReferrers('dev/signed', digest)).toEqual({
        api: referrers,
        descriptors: [],
      })
      const artifact = await pushReferrer(digest)
      const { api, descriptors } = await client.listReferrers('dev/signed', digest)
      expect(api).toBe(referrers)
      expect(descriptors.map((descriptor) => descriptor.digest)).toEqual([artifact.digest])
      expect(descriptors[0]?.artifactType).toBe('application/vnd.example.signature')
    })

    // As clients do it: the artifact names its subject; without the API the fallback tag lists it.
    async function pushReferrer(subject: string) {
      // One registry takes the type of the config for that of the artifact.
      const artifactType = 'application/vnd.example.signature'
      const config = await pushBlob(registry, 'dev/signed', artifactType, Buffer.from('{}'))
      const type = 'application/vnd.oci.image.manifest.v1+json'
      const size = (await client.headManifest('dev/signed', subject))?.size
      const manifest = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: type,
          artifactType,
          config,
          layers: [config],
          subject: { mediaType: type, digest: subject, size },
        }),
      )
      const digest = await putManifest(registry, 'dev/signed', undefined, type, manifest)
      if (!referrers) {
        const indexType = 'application/vnd.oci.image.index.v1+json'
        const entry = { mediaType: type, digest, size: manifest.length, artifactType }
        const index = { schemaVersion: 2, mediaType: indexType, manifests: [entry] }
        const bytes = Buffer.from(JSON.stringify(index))
        await putManifest(registry, 'dev/signed', subject.replace(':', '-'), indexType, bytes)
      }
      return { digest }
    }
  })
}
