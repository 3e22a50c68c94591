import { KnownError } from '@tierseal/errors'
import { recordOf, tryJson } from '@tierseal/json'
import type { Digest, DigestReference } from '@tierseal/oci'
import {
  type Credentials,
  type Descriptor,
  isIndex,
  type RegistryClient,
  type RegistryPool,
  tryDescriptor,
} from '@tierseal/registry'
import type { Inputs } from './inputs.ts'

/** A registry of the site, with who we are there. */
interface Registry {
  readonly client: RegistryClient
  readonly credentials: Credentials | undefined
}

/** One manifest to sign. */
export interface Target {
  readonly image: DigestReference
  readonly registry: Registry
  /** Whether the input names it, or it is a child of an index that is named. */
  readonly named: boolean
}

/**
 * Every manifest to sign, each proven to be in its registry. cosign would sign a digest that is nowhere
 * (facts: cosign.md 5.1).
 *
 * @throws KnownError SIGN_IMAGE_ABSENT, SIGN_INDEX, and what the registry answers
 */
export async function findTargets(
  { images, recursive }: Pick<Inputs, 'images' | 'recursive'>,
  pool: RegistryPool,
): Promise<readonly Target[]> {
  const targets = new Map<string, Target>()
  for (const image of images) {
    const registry = await registryOf(image, pool)
    await proveImage(image, registry)
    targets.set(image.name + image.digest, { image, registry, named: true })
    const children = recursive ? await childrenOf(image, registry) : []
    for (const child of children) {
      const key = child.name + child.digest
      if (!targets.has(key)) targets.set(key, { image: child, registry, named: false })
    }
  }
  return [...targets.values()]
}

async function registryOf({ repository }: DigestReference, pool: RegistryPool): Promise<Registry> {
  const client = await pool.client(repository.registry)
  return { client, credentials: pool.credentials.get(repository.registry) }
}

async function proveImage(image: DigestReference, { client }: Registry): Promise<void> {
  const head = await client.headManifest(image.repository.path, image.digest)
  if (head === undefined) throw absent(image.name, image.digest)
}

/** The images of an index, and of the indexes in it; none where it is a single image. */
async function childrenOf(
  image: DigestReference,
  registry: Registry,
): Promise<readonly DigestReference[]> {
  const manifest = await registry.client.getManifest(image.repository.path, image.digest)
  if (manifest === undefined) throw absent(image.name, image.digest)
  if (!isIndex(manifest.mediaType)) return []
  const all: DigestReference[] = []
  for (const { digest } of entriesOf(manifest.bytes, image)) {
    const child = { ...image, tag: undefined, digest, text: `${image.name}@${digest}` }
    await proveImage(child, registry)
    all.push(child, ...(await childrenOf(child, registry)))
  }
  return all
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
  return new KnownError('SIGN_INDEX', `the index ${name}@${digest} cannot be read: ${flaw}`, {
    hint: 'Push the index again, with sha256 digests; or sign its images by name.',
  })
}

function absent(name: string, digest: Digest): KnownError {
  return new KnownError('SIGN_IMAGE_ABSENT', `${name} does not hold ${digest}`, {
    hint: 'The push did not end, or went to another repository; sign what assert-digest has proven.',
  })
}
