import { mapInParallel } from '@tierseal/action-kit'
import type { DigestReference } from '@tierseal/oci'
import type { Credentials, RegistryClient, RegistryPool } from '@tierseal/registry'
import { imagesOfIndex, questionsAtOnce } from './index-images.ts'
import type { Inputs } from './inputs.ts'
import { proveImage } from './prove-image.ts'

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
 * Every manifest to sign, in the order of the input, each proven to be in its registry. All have to be found within the
 * deadline of the input.
 *
 * @throws KnownError SIGN_IMAGE_ABSENT, SIGN_INDEX, DEADLINE_EXCEEDED, and what the registry answers
 */
export async function findTargets(
  { images, recursive, timeoutMs }: Pick<Inputs, 'images' | 'recursive' | 'timeoutMs'>,
  pool: RegistryPool,
): Promise<readonly Target[]> {
  const deadlineAt = Date.now() + timeoutMs
  const named: Target[] = []
  for (const image of images) {
    named.push({ image, registry: await registryOf(image, pool), named: true })
  }
  const found = await mapInParallel(named, questionsAtOnce, async (target) => {
    const { image, registry } = target
    const client = registry.client.until(deadlineAt)
    if (!recursive) await proveImage(image, client)
    const below = recursive ? await imagesOfIndex(image, client) : []
    return [target, ...below.map((each) => ({ image: each, registry, named: false }))]
  })
  return eachOnce(found.flat())
}

function eachOnce(targets: readonly Target[]): readonly Target[] {
  const byName = new Map<string, Target>()
  for (const target of targets) {
    const key = target.image.name + target.image.digest
    if (target.named || !byName.has(key)) byName.set(key, target)
  }
  return [...byName.values()]
}

async function registryOf({ repository }: DigestReference, pool: RegistryPool): Promise<Registry> {
  const client = await pool.client(repository.registry)
  return { client, credentials: pool.credentials.get(repository.registry) }
}
