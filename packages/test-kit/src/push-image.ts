import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type RegistryAccess, requestRegistry } from './registry-request.ts'

export interface ImageOptions {
  readonly tag?: string
  /** Another seed gives another image; the same seed the same digest. */
  readonly seed?: string
  readonly architecture?: string
  readonly annotations?: Readonly<Record<string, string>>
}

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

const imageManifest = 'application/vnd.oci.image.manifest.v1+json'
const imageIndex = 'application/vnd.oci.image.index.v1+json'

/** Pushes a tiny real OCI image of one file; returns its digest. */
export async function pushImage(
  registry: RegistryAccess,
  path: string,
  options: ImageOptions = {},
): Promise<string> {
  const { seed = 'seed', architecture = 'amd64', annotations } = options
  const tar = tarOf('seed.txt', `${seed}\n`)
  const layer = await pushBlob(
    registry,
    path,
    'application/vnd.oci.image.layer.v1.tar+gzip',
    gzipSync(tar),
  )
  const config = await pushBlob(
    registry,
    path,
    'application/vnd.oci.image.config.v1+json',
    json({
      architecture,
      os: 'linux',
      config: { Cmd: ['/seed'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    }),
  )
  const manifest = json({
    schemaVersion: 2,
    mediaType: imageManifest,
    config,
    layers: [layer],
    ...(annotations === undefined ? {} : { annotations }),
  })
  return putManifest(registry, path, options.tag, imageManifest, manifest)
}

/** Pushes an image for each architecture and the index that lists them; returns all digests. */
export async function pushIndex(
  registry: RegistryAccess,
  path: string,
  options: ImageOptions & { readonly architectures?: readonly string[] } = {},
): Promise<{ readonly digest: string; readonly children: readonly string[] }> {
  const { architectures = ['amd64', 'arm64'], seed, tag } = options
  const manifests = []
  for (const architecture of architectures) {
    const digest = await pushImage(registry, path, { architecture, ...(seed ? { seed } : {}) })
    const { bytes } = await getManifest(registry, path, digest)
    const platform = { architecture, os: 'linux' }
    manifests.push({ mediaType: imageManifest, digest, size: bytes.length, platform })
  }
  const index = json({ schemaVersion: 2, mediaType: imageIndex, manifests })
  const digest = await putManifest(registry, path, tag, imageIndex, index)
  return { digest, children: manifests.map((child) => child.digest) }
}

/** Points a tag at an image that is already there. */
export async function moveTag(
  registry: RegistryAccess,
  path: string,
  tag: string,
  digest: string,
): Promise<void> {
  const { mediaType, bytes } = await getManifest(registry, path, digest)
  await putManifest(registry, path, tag, mediaType, bytes)
}

/** Puts any bytes as a manifest; returns their digest. */
export async function putManifest(
  registry: RegistryAccess,
  path: string,
  tag: string | undefined,
  mediaType: string,
  bytes: Buffer,
): Promise<string> {
  const digest = digestOf(bytes)
  const address = `${path}/manifests/${tag ?? digest}`
  const answer = await requestRegistry(registry, 'PUT', address, { type: mediaType, bytes })
  if (answer.status === 201) return digest
  throw new Error(`PUT ${address}: ${answer.status} ${answer.body.toString()}`)
}

/** Uploads a blob; returns its descriptor. */
export async function pushBlob(
  registry: RegistryAccess,
  path: string,
  mediaType: string,
  bytes: Buffer,
): Promise<Descriptor> {
  const digest = digestOf(bytes)
  const start = await requestRegistry(registry, 'POST', `${path}/blobs/uploads/`)
  const scheme = registry.caPem === undefined ? 'http' : 'https'
  const location = new URL(start.headers.location ?? '', `${scheme}://${registry.host}/`)
  location.searchParams.set('digest', digest)
  const type = 'application/octet-stream'
  const answer = await requestRegistry(registry, 'PUT', location.href, { type, bytes })
  if (answer.status === 201) return { mediaType, digest, size: bytes.length }
  throw new Error(`blob of ${path}: ${start.status}, ${answer.status} ${answer.body.toString()}`)
}

async function getManifest(
  registry: RegistryAccess,
  path: string,
  reference: string,
): Promise<{ readonly mediaType: string; readonly bytes: Buffer }> {
  const accept = `${imageManifest}, ${imageIndex}`
  const answer = await requestRegistry(registry, 'GET', `${path}/manifests/${reference}`, {
    accept,
  })
  if (answer.status !== 200) throw new Error(`GET ${path} ${reference}: ${answer.status}`)
  return { mediaType: answer.headers['content-type'] ?? '', bytes: answer.body }
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

// One file in the ustar format, with no date, so that the same seed gives the same bytes.
function tarOf(name: string, text: string): Buffer {
  const octal = (value: number, width: number): string =>
    `${value.toString(8).padStart(width - 1, '0')}\0`
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(octal(0o644, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(Buffer.byteLength(text), 12), 124)
  header.write(octal(0, 12), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512)
  body.write(text)
  return Buffer.concat([header, body, Buffer.alloc(1024)])
}
