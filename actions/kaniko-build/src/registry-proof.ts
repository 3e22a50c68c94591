import { KnownError } from '@tierseal/errors'
import type { Digest } from '@tierseal/oci'
import type { RegistryPool } from '@tierseal/registry'
import type { Destination } from './build-request.ts'

/**
 * Asks every destination's registry one question before anything is built, so that a wrong CA, password
 * or address shows in a moment, with its own code.
 */
export async function greetRegistries(
  pool: RegistryPool,
  destinations: readonly Destination[],
): Promise<void> {
  for (const { repository, tag } of distinctRepositories(destinations)) {
    const client = await pool.client(repository.registry)
    await client.headManifest(repository.path, tag)
  }
}

/**
 * Proves that the registry of every destination holds the digest.
 *
 * @throws KnownError BUILD_NOT_IN_REGISTRY
 */
export async function proveInRegistries(
  pool: RegistryPool,
  destinations: readonly Destination[],
  digest: Digest,
): Promise<void> {
  for (const { repository, name } of distinctRepositories(destinations)) {
    const client = await pool.client(repository.registry)
    if ((await client.headManifest(repository.path, digest)) !== undefined) continue
    throw new KnownError(
      'BUILD_NOT_IN_REGISTRY',
      `the engine reported ${digest}, and the registry does not hold ${name}@${digest}`,
      { hint: 'Look at the registry and at what stands before it; nothing was handed on.' },
    )
  }
}

/** The first destination of each repository. */
export function distinctRepositories(destinations: readonly Destination[]): readonly Destination[] {
  return destinations.filter(
    ({ name }, index) => destinations.findIndex((other) => other.name === name) === index,
  )
}
