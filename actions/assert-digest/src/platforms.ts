import { KnownError } from '@tierseal/errors'
import {
  type Descriptor,
  findNonImage,
  isImageManifest,
  isIndex,
  mayBeImage,
  type Platform,
  parseImageManifest,
  parseIndex,
  platformOfConfig,
  type RegistryClient,
  type StoredManifest,
} from '@tierseal/registry'

// Of an index that names no platform, this many entries are looked at, and indexes in indexes so deep. Of names of
// platforms, a line of an output holds some three hundred.
const most = { entries: 8, depth: 2, platforms: 250 }

/**
 * The platforms of an image or of the images of an index; empty where none is named.
 *
 * @throws KnownError NOT_AN_IMAGE, and those of the registry
 */
export async function platformsOf(
  client: RegistryClient,
  path: string,
  manifest: StoredManifest,
): Promise<readonly Platform[]> {
  if (isIndex(manifest.mediaType)) return platformsOfIndex(client, path, manifest)
  const image = isImageManifest(manifest.mediaType) ? parseImageManifest(manifest.bytes) : undefined
  if (image === undefined) throw notAnImage(manifest, 'without the config of an image')
  const flaw = findNonImage(image)
  if (flaw !== undefined) throw notAnImage(manifest, flaw)
  const blob = await client.getBlob(path, image.config, manifest.digest)
  const platform = blob === undefined ? undefined : platformOfConfig(blob)
  return platform === undefined ? [] : [platform]
}

async function platformsOfIndex(
  client: RegistryClient,
  path: string,
  manifest: StoredManifest,
): Promise<readonly Platform[]> {
  const images = parseIndex(manifest.bytes).filter(mayBeImage)
  const platforms = images.flatMap(({ platform }) => platform ?? [])
  if (platforms.length > most.platforms) {
    throw notAnImage(manifest, `it names ${platforms.length} platforms`)
  }
  if (platforms.length > 0 || (await hasImage(client, path, images, most.depth))) return platforms
  throw notAnImage(manifest, 'an index without an image in it')
}

// Asked only where the index itself does not tell: entries without a platform can be anything.
async function hasImage(
  client: RegistryClient,
  path: string,
  entries: readonly Descriptor[],
  depth: number,
): Promise<boolean> {
  for (const { digest } of entries.slice(0, most.entries)) {
    const manifest = await client.getManifest(path, digest)
    if (manifest !== undefined && (await isImage(client, path, manifest, depth))) return true
  }
  return false
}

async function isImage(
  client: RegistryClient,
  path: string,
  { mediaType, bytes }: StoredManifest,
  depth: number,
): Promise<boolean> {
  if (!isIndex(mediaType)) {
    const image = parseImageManifest(bytes)
    return image !== undefined && findNonImage(image) === undefined
  }
  const entries = parseIndex(bytes).filter(mayBeImage)
  if (entries.some(({ platform }) => platform !== undefined)) return true
  return depth > 1 && hasImage(client, path, entries, depth - 1)
}

function notAnImage({ digest, mediaType }: StoredManifest, flaw: string): KnownError {
  const message = `${digest} is not an image: ${mediaType || 'of no type'}, ${flaw}`
  return new KnownError('NOT_AN_IMAGE', message, {
    hint: 'Give the digest of the image or of its index.',
  })
}
