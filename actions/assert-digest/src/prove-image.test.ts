import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { parseDigest, parseImageReference } from '@tierseal/oci'
import { RegistryClient } from '@tierseal/registry'
import { expect, onTestFinished, test } from 'vitest'
import { proveImage } from './prove-image.ts'

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const configType = 'application/vnd.oci.image.config.v1+json'

interface Stored {
  readonly type: string
  readonly body: string
}

function digestOf(body: string) {
  return parseDigest(`sha256:${createHash('sha256').update(body).digest('hex')}`)
}

function descriptorOf(mediaType: string, body: string) {
  return { mediaType, digest: digestOf(body), size: body.length }
}

/** Serves what it is given by its path below /v2/app/, and counts the requests. */
async function serve(content: ReadonlyMap<string, Stored>) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    const path = request.url?.replace('/v2/app/', '') ?? ''
    seen.push(`${request.method} ${path}`)
    const found = content.get(path)
    const type = found?.type ?? 'application/json'
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': type })
    response.end(found?.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const host = `127.0.0.1:${address.port}`
  const client = new RegistryClient({ host, plainHttp: true, timeoutMs: 2000 })
  onTestFinished(() => {
    client.close()
    server.close()
  })
  return { client, seen, reference: (tag = '') => parseImageReference(`${host}/app${tag}`) }
}

const config = JSON.stringify({ os: 'linux', architecture: 'arm64', variant: 'v8' })
const image = JSON.stringify({ config: descriptorOf(configType, config), layers: [] })
const stored = new Map([
  [`manifests/${digestOf(image)}`, { type: imageType, body: image }],
  ['manifests/1', { type: imageType, body: image }],
  [`blobs/${digestOf(config)}`, { type: 'application/octet-stream', body: config }],
])

test('shows media type and platform of an image, with two requests', async () => {
  const { client, reference, seen } = await serve(stored)
  const proven = await proveImage(client, reference(), digestOf(image))
  expect(proven).toMatchObject({ mediaType: imageType, platforms: ['linux/arm64/v8'] })
  expect(seen).toHaveLength(2)
})

test('shows the platforms of an index, with one request', async () => {
  const entry = (architecture: string) => ({
    ...descriptorOf(imageType, image),
    platform: { os: 'linux', architecture },
  })
  const index = JSON.stringify({ manifests: [entry('amd64'), entry('arm64')] })
  const content = new Map([[`manifests/${digestOf(index)}`, { type: indexType, body: index }]])
  const { client, reference, seen } = await serve(content)
  const proven = await proveImage(client, reference(), digestOf(index))
  expect(proven).toMatchObject({ mediaType: indexType, platforms: ['linux/amd64', 'linux/arm64'] })
  expect(seen).toHaveLength(1)
})

test('accepts a tag that still points at the digest', async () => {
  const { client, reference } = await serve(stored)
  expect((await proveImage(client, reference(':1'), digestOf(image))).tag).toBe('1')
})

test('refuses a tag that points at another digest as TAG_MOVED', async () => {
  const later = JSON.stringify({ config: descriptorOf(configType, config), layers: [1] })
  const content = new Map([...stored, ['manifests/1', { type: imageType, body: later }] as const])
  const { client, reference } = await serve(content)
  await expect(proveImage(client, reference(':1'), digestOf(image))).rejects.toMatchObject({
    code: 'TAG_MOVED',
    message: expect.stringContaining(digestOf(later)),
  })
})

test('refuses a tag that is not there as TAG_ABSENT', async () => {
  const { client, reference } = await serve(stored)
  await expect(proveImage(client, reference(':2'), digestOf(image))).rejects.toMatchObject({
    code: 'TAG_ABSENT',
  })
})

test('refuses a digest that the registry does not hold as DIGEST_ABSENT', async () => {
  const { client, reference } = await serve(new Map())
  await expect(proveImage(client, reference(), digestOf(image))).rejects.toMatchObject({
    code: 'DIGEST_ABSENT',
  })
})

test('refuses a signature bundle as NOT_AN_IMAGE', async () => {
  const config = descriptorOf('application/vnd.oci.empty.v1+json', '{}')
  const bundle = JSON.stringify({ config, layers: [] })
  const content = new Map([[`manifests/${digestOf(bundle)}`, { type: imageType, body: bundle }]])
  const { client, reference } = await serve(content)
  await expect(proveImage(client, reference(), digestOf(bundle))).rejects.toMatchObject({
    code: 'NOT_AN_IMAGE',
  })
})

const layer = 'application/vnd.oci.image.layer.v1.tar+gzip'
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json'

function manifestWith(layerType: string): string {
  const layers = [descriptorOf(layerType, layerType)]
  return JSON.stringify({ config: descriptorOf(configType, config), layers })
}

const plain = manifestWith(layer)
const signature = manifestWith('application/vnd.dev.cosign.simplesigning.v1+json')
const attestation = manifestWith('application/vnd.in-toto+json')

const child = (body: string, rest: object = {}) => ({ ...descriptorOf(imageType, body), ...rest })
const amd64 = { platform: { os: 'linux', architecture: 'amd64' } }
// As buildkit lists the provenance of an image beside it.
const unknown = { platform: { os: 'unknown', architecture: 'unknown' } }

/** Proves an index in a registry that holds all that it lists. */
async function proveIndex(...manifests: readonly object[]) {
  const index = JSON.stringify({ manifests })
  const held = [plain, signature, attestation].map((body) => ({ type: imageType, body }))
  const all = [...held, { type: indexType, body: index }]
  const content = new Map(all.map((one) => [`manifests/${digestOf(one.body)}`, one]))
  const { client, reference } = await serve(content)
  return proveImage(client, reference(), digestOf(index))
}

test('refuses what .sig holds as NOT_AN_IMAGE, though it has the config of an image', async () => {
  const content = new Map([
    ...stored,
    [`manifests/${digestOf(signature)}`, { type: imageType, body: signature }] as const,
  ])
  const { client, reference } = await serve(content)
  await expect(proveImage(client, reference(), digestOf(signature))).rejects.toMatchObject({
    code: 'NOT_AN_IMAGE',
    message: expect.stringContaining('vnd.dev.cosign.simplesigning.v1+json'),
  })
})

test.each([
  [
    'signature bundles, as the fallback tag names',
    [child(signature, { artifactType: bundleType })],
  ],
  ['signatures that do not say so', [child(signature)]],
  ['attestations', [child(attestation, unknown)]],
  ['nothing', []],
])('refuses an index of %s as NOT_AN_IMAGE', async (_what, children) => {
  await expect(proveIndex(...children)).rejects.toMatchObject({
    code: 'NOT_AN_IMAGE',
    message: expect.stringContaining('an index without an image in it'),
  })
})

test('names the platforms of an index, not those of the attestations beside its images', async () => {
  const { platforms } = await proveIndex(child(plain, amd64), child(attestation, unknown))
  expect(platforms).toEqual(['linux/amd64'])
})

test('takes an index that names no platform and holds an image', async () => {
  expect((await proveIndex(child(signature), child(plain))).platforms).toEqual([])
})

test('refuses an index of so many platforms that no output could hold them', async () => {
  const platform = { os: 'linux', architecture: 'a'.repeat(64) }
  const entry = { ...descriptorOf(imageType, image), platform }
  const body = JSON.stringify({ mediaType: indexType, manifests: Array(1000).fill(entry) })
  const { client, reference } = await serve(
    new Map([[`manifests/${digestOf(body)}`, { type: indexType, body }]]),
  )
  await expect(proveImage(client, reference(), digestOf(body))).rejects.toMatchObject({
    code: 'NOT_AN_IMAGE',
    message: expect.stringContaining('it names 1000 platforms'),
  })
})
