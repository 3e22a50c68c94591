import { mapInParallel } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { recordOf, tryJson } from '@tierseal/json'
import type { Digest, DigestReference } from '@tierseal/oci'
import {
  type Descriptor,
  isImageManifest,
  isIndex,
  type RegistryClient,
  tryDescriptor,
} from '@tierseal/registry'
import { proveImage, readImage } from './prove-image.ts'

/** How many questions one registry is asked at a time. */
export const questionsAtOnce = 4

// The largest in use have some fifty: a platform each, and its attestation.
const maxImages = 1000

/**
 * The images of an index, and of the indexes in it, each once and proven to be there; none where it is a single image.
 *
 * @param seen what the indexes above have named already
 * @throws KnownError SIGN_INDEX for an index that cannot be read, or has no end; SIGN_IMAGE_ABSENT
 */
export async function imagesOfIndex(
  image: DigestReference,
  client: RegistryClient,
  seen = new Set<Digest>([image.digest]),
): Promise<readonly DigestReference[]> {
  const manifest = await readImage(image, client)
  if (!isIndex(manifest.mediaType)) return []
  const images = newEntries(manifest.bytes, image, seen).map(({ digest }) => {
    return { ...image, tag: undefined, digest, text: `${image.name}@${digest}` }
  })
  const heads = await mapInParallel(images, questionsAtOnce, (each) => proveImage(each, client))
  const all: DigestReference[] = []
  for (const [at, each] of images.entries()) {
    const single = isImageManifest(heads[at]?.mediaType ?? '')
    all.push(each, ...(single ? [] : await imagesOfIndex(each, client, seen)))
  }
  return all
}

// Each index of a chain that names the next one twice would double the questions.
function newEntries(
  bytes: Buffer,
  image: DigestReference,
  seen: Set<Digest>,
): readonly Descriptor[] {
  const entries = entriesOf(bytes, image).filter(({ digest }) => {
    return !seen.has(digest) && seen.add(digest)
  })
  if (seen.size <= maxImages) return entries
  throw unreadable(image, `with the indexes around it, it names more than ${maxImages} images`)
}

// An entry that cannot be read is an image that would go without a signature.
function entriesOf(index: Buffer, image: DigestReference): readonly Descriptor[] {
  const manifests = recordOf(tryJson(index))?.['manifests']
  if (!Array.isArray(manifests)) throw unreadable(image, 'it has no list of manifests')
  return manifests.map((entry: unknown, at) => {
    const descriptor = tryDescriptor(entry)
    if (descriptor !== undefined) return descriptor
    throw unreadable(image, `manifests[${at}] names no image by type, size and sha256 digest`)
  })
}

function unreadable({ name, digest }: DigestReference, flaw: string): KnownError {
  return new KnownError('SIGN_INDEX', `the index ${name}@${digest} cannot be signed: ${flaw}`, {
    hint: 'Push the index again, with sha256 digests; or sign its images by name.',
  })
}
