import { KnownError } from '@tierseal/errors'
import type { DigestReference } from '@tierseal/oci'
import type { ManifestHead, RegistryClient, StoredManifest } from '@tierseal/registry'

/**
 * Proves that a registry holds an image: cosign would sign a digest that is nowhere (facts: cosign.md 5.1).
 *
 * @throws KnownError SIGN_IMAGE_ABSENT, and what the registry answers
 */
export async function proveImage(
  image: DigestReference,
  client: RegistryClient,
): Promise<ManifestHead> {
  return (await client.headManifest(image.repository.path, image.digest)) ?? refuseAbsent(image)
}

/** The manifest of an image. @throws as proveImage does */
export async function readImage(
  image: DigestReference,
  client: RegistryClient,
): Promise<StoredManifest> {
  return (await client.getManifest(image.repository.path, image.digest)) ?? refuseAbsent(image)
}

function refuseAbsent({ name, digest }: DigestReference): never {
  throw new KnownError('SIGN_IMAGE_ABSENT', `${name} does not hold ${digest}`, {
    hint: 'The push did not end, or went to another repository; sign what assert-digest has proven.',
  })
}
