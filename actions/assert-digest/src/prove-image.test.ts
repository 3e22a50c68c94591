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
  const child = (architecture: string) => ({
    ...descriptorOf(imageType, image),
    platform: { os: 'linux', architecture },
  })
  const index = JSON.stringify({ manifests: [child('amd64'), child('arm64')] })
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
