import { KnownError } from '@tierseal/errors'
import type { Digest, ImageReference } from '@tierseal/oci'
import type { Platform, RegistryClient } from '@tierseal/registry'
import { platformsOf } from './platforms.ts'

/** An image that its registry holds under the expected digest. */
export interface ProvenImage {
  readonly digest: Digest
  /** `registry/path@digest` */
  readonly image: string
  readonly mediaType: string
  readonly platforms: readonly Platform[]
  /** The tag that points at the digest, where one was asked about. */
  readonly tag: string | undefined
}

/**
 * Proves one image: the manifest of this digest is there, its bytes have this digest, it is an image
 * or an index of images, and the tag still points at it. Two requests, one more where there is a tag.
 *
 * @throws KnownError DIGEST_ABSENT, NOT_AN_IMAGE, TAG_MOVED, TAG_ABSENT, and those of the registry
 */
export async function proveImage(
  client: RegistryClient,
  { name, repository, tag }: ImageReference,
  digest: Digest,
): Promise<ProvenImage> {
  const { path } = repository
  const manifest = await client.getManifest(path, digest)
  if (manifest === undefined) throw absent(name, digest)
  if (tag !== undefined) await proveTag(client, path, name, tag, digest)
  const platforms = await platformsOf(client, path, manifest)
  return { digest, image: `${name}@${digest}`, mediaType: manifest.mediaType, platforms, tag }
}

async function proveTag(
  client: RegistryClient,
  path: string,
  name: string,
  tag: string,
  digest: Digest,
): Promise<void> {
  const head = await client.headManifest(path, tag)
  if (head === undefined) {
    throw new KnownError('TAG_ABSENT', `${name}:${tag} does not exist, though ${digest} does`, {
      hint: 'Check the tag against the destinations of the build.',
    })
  }
  if (head.digest === digest) return
  throw new KnownError('TAG_MOVED', `${name}:${tag} points at ${head.digest}, not at ${digest}`, {
    hint: 'Another push took the tag after this build: find out which image is meant.',
  })
}

function absent(name: string, digest: Digest): KnownError {
  return new KnownError('DIGEST_ABSENT', `the registry does not hold ${name}@${digest}`, {
    hint: 'Look at whether the build really pushed: kaniko writes its digest file before the push.',
  })
}
