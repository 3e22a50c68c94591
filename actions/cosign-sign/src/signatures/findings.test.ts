import { createHash, generateKeyPairSync } from 'node:crypto'
import { parseDigest } from '@tierseal/oci'
import { RegistryClient } from '@tierseal/registry'
import { answer, type FaultServer, startFaultServer } from '@tierseal/test-kit'
import { expect, onTestFinished, test } from 'vitest'
import type { Format } from '../format.ts'
import { publicKeyOf } from '../key/public-key.ts'
import { type Findings, findSignatures } from './findings.ts'

const indexType = 'application/vnd.oci.image.index.v1+json'
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const digest = parseDigest(`sha256:${'a'.repeat(64)}`)
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

function digestOf(text: string) {
  return parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)
}

/** A registry where one bundle refers to the image, of which the layer has this size. */
function serve(size: number): Promise<FaultServer> {
  const layer = { mediaType: bundleType, digest: digestOf('{}'), size }
  const manifest = JSON.stringify({ schemaVersion: 2, layers: [layer] })
  const entry = { mediaType: manifestType, digest: digestOf(manifest), size: manifest.length }
  const index = JSON.stringify({ manifests: [{ ...entry, artifactType: bundleType }] })
  return startFaultServer({
    script: ({ path }) => {
      if (path.includes('/referrers/')) return answer(200, index, { 'content-type': indexType })
      if (path.includes('/blobs/')) return answer(200, '{}')
      if (!path.endsWith(entry.digest)) return answer(404, '{}')
      return answer(200, manifest, { 'content-type': manifestType })
    },
  })
}

function find({ host }: FaultServer, format: Format): Promise<Findings> {
  const client = new RegistryClient({ host, plainHttp: true, timeoutMs: 10_000 })
  onTestFinished(() => client.close())
  const key = publicKeyOf(publicKey)
  const deadlineAt = Date.now() + 10_000
  const question = { client, path: 'dev/app', digest, publicKey: key, annotations: [], deadlineAt }
  return findSignatures(format, question)
}

test.each(['bundle', 'legacy', 'oci-1-1'] as const)(
  'a bundle that is no signature of this key is seen with format %s',
  async (format) => {
    await using server = await serve(2)
    const { signatures, foreignBundles } = await find(server, format)
    expect([signatures, foreignBundles]).toEqual([[], [expect.stringMatching(/^sha256:/)]])
  },
)

test('a bundle larger than any signature, such as the SBOM of a large image, is foreign unread', async () => {
  await using server = await serve(17 * 1024 * 1024)
  const { foreignBundles } = await find(server, 'bundle')
  expect(foreignBundles).toHaveLength(1)
  expect(server.requests.filter(({ path }) => path.includes('/blobs/'))).toEqual([])
})

test('a bundle whose descriptor says less than the registry serves is named, with both sizes', async () => {
  await using server = await serve(1)
  await expect(find(server, 'bundle')).rejects.toMatchObject({
    code: 'REGISTRY_SIZE_MISMATCH',
    message: expect.stringMatching(/dev\/app blob sha256:.* says 1 bytes, .* serves 2 bytes$/),
  })
})
