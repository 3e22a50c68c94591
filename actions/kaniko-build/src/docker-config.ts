import { log, maskSecret } from '@tierseal/action-kit'
import { messageOf } from '@tierseal/errors'
import {
  type CredentialSource,
  type Credentials,
  credentialsFor,
  type DockerConfig,
  type IdentityEntry,
  readDockerConfig,
} from '@tierseal/registry'

type Entry = { readonly auth: string } | IdentityEntry

/**
 * The config.json for the engine: the entries of the site's own file, the answers of its credential helpers
 * (none exists where the engine runs), and the credentials of the inputs.
 *
 * @param hosts the registries that this build names; what is wrong with another one's entry fails no build
 * @param given the credentials already resolved, by host; they go before the file
 * @throws KnownError DOCKER_CONFIG_INVALID, CREDENTIAL_HELPER_FAILED
 */
export async function composeDockerConfig(
  source: CredentialSource,
  hosts: readonly string[],
  given: ReadonlyMap<string, Credentials>,
): Promise<string> {
  const config = readDockerConfig(source.dockerConfig)
  const auths: Record<string, Entry> = {}
  const add = (host: string, entry: Entry | undefined): void => {
    if (entry !== undefined) auths[keyOf(host)] = entry
  }
  if (config !== undefined) {
    const asked = [...new Set([...config.hosts, ...hosts])].filter((host) => !given.has(host))
    const read = (host: string): Promise<Entry | undefined> =>
      hosts.includes(host) ? ownEntry(config, host) : foreignEntry(config, host)
    const entries = await Promise.all(asked.map(async (host) => [host, await read(host)] as const))
    for (const [host, entry] of entries) add(host, entry)
  }
  for (const [host, credentials] of given) add(host, entryOf(credentials))
  return JSON.stringify({ auths })
}

async function ownEntry(config: DockerConfig, host: string): Promise<Entry | undefined> {
  const credentials = await credentialsFor(config, host)
  return credentials === undefined ? undefined : entryOf(credentials)
}

// Of base images, or of nothing in this build.
async function foreignEntry(config: DockerConfig, host: string): Promise<Entry | undefined> {
  const identity = config.identityOf(host)
  if (identity !== undefined) {
    for (const text of Object.values(identity)) maskSecret(text)
    return identity
  }
  try {
    return await ownEntry(config, host)
  } catch (error) {
    log.info(`docker-config: without ${host}: ${messageOf(error)}`)
    return undefined
  }
}

function entryOf({ username, password }: Credentials): Entry {
  const pair = `${username}:${password}`
  maskSecret(password)
  maskSecret(pair)
  return { auth: Buffer.from(pair).toString('base64') }
}

// Every client looks Docker Hub up under this one name.
function keyOf(host: string): string {
  const isHub = host === 'docker.io' || host === 'index.docker.io'
  return isHub ? 'https://index.docker.io/v1/' : host
}
