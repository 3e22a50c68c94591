import { KnownError } from '@tierseal/errors'
import { HttpsClient, type HttpsClientOptions } from '@tierseal/https'
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
 * Asks every other registry that the inputs name one question over TLS, without credentials: some engines go over to plain
 * HTTP by themselves where TLS fails.
 *
 * @param hosts such as those of the cache repository and of mirrors
 * @throws KnownError of the network, where no answer came over verified TLS
 */
export async function proveTls(
  hosts: readonly string[],
  connection: HttpsClientOptions,
): Promise<void> {
  const client = new HttpsClient(connection)
  const ask = (host: string): Promise<unknown> =>
    client.request({ method: 'GET', url: new URL(`https://${host}/v2/`), redirects: 'return' })
  try {
    await Promise.all(hosts.map(ask))
  } finally {
    client.close()
  }
}

/**
 * Proves that the registry of every destination holds the digest, and that every destination's tag names it:
 * no engine's word is taken for a push, and where an executor has no record of its pushes, the tags are one.
 *
 * @throws KnownError BUILD_NOT_IN_REGISTRY, BUILD_TAG_DIFFERS
 */
export async function proveInRegistries(
  pool: RegistryPool,
  destinations: readonly Destination[],
  digest: Digest,
): Promise<void> {
  for (const { repository, name } of distinctRepositories(destinations)) {
    const client = await pool.client(repository.registry)
    if ((await client.headManifest(repository.path, digest)) === undefined) {
      throw notThere(`the registry does not hold ${name}@${digest}`, digest)
    }
  }
  for (const { repository, tag, text } of destinations) {
    const client = await pool.client(repository.registry)
    const head = await client.headManifest(repository.path, tag)
    if (head === undefined) throw notThere(`the registry has no ${text}`, digest)
    if (head.digest !== digest) throw differs(text, head.digest, digest)
  }
}

/** The first destination of each repository. */
export function distinctRepositories(destinations: readonly Destination[]): readonly Destination[] {
  return destinations.filter(
    ({ name }, index) => destinations.findIndex((other) => other.name === name) === index,
  )
}

function notThere(detail: string, digest: Digest): KnownError {
  return new KnownError('BUILD_NOT_IN_REGISTRY', `the engine reported ${digest}, and ${detail}`, {
    hint: 'Look at the registry and at what stands before it; nothing was handed on.',
  })
}

function differs(text: string, found: Digest, digest: Digest): KnownError {
  return new KnownError('BUILD_TAG_DIFFERS', `${text} names ${found}, and ${digest} was built`, {
    hint: 'Give each build a tag of its own, with the commit in it; nothing was handed on.',
  })
}
