import { maskSecret } from '@tierseal/action-kit'
import {
  type CredentialSource,
  type Credentials,
  credentialsFor,
  readDockerConfig,
} from '@tierseal/registry'

/**
 * The config.json for the engine: every entry of the site's own file, the answers of credential helpers
 * for the hosts of this build (no helper exists in the sandbox), and the credentials of the inputs.
 *
 * @param hosts the registries that this build names
 * @param given the credentials already resolved, by host; they go before the file
 */
export async function composeDockerConfig(
  source: CredentialSource,
  hosts: readonly string[],
  given: ReadonlyMap<string, Credentials>,
): Promise<string> {
  const config = readDockerConfig(source.dockerConfig)
  const auths: Record<string, { readonly auth: string }> = {}
  if (config !== undefined) {
    for (const host of config.hosts) addTo(auths, host, config.credentialsOf(host))
    for (const host of hosts) addTo(auths, host, await credentialsFor(config, host))
  }
  for (const [host, credentials] of given) addTo(auths, host, credentials)
  return JSON.stringify({ auths })
}

function addTo(
  auths: Record<string, { readonly auth: string }>,
  host: string,
  credentials: Credentials | undefined,
): void {
  if (credentials === undefined) return
  const pair = `${credentials.username}:${credentials.password}`
  maskSecret(credentials.password)
  maskSecret(pair)
  auths[keyOf(host)] = { auth: Buffer.from(pair).toString('base64') }
}

// Every client looks Docker Hub up under this one name.
function keyOf(host: string): string {
  const isHub = host === 'docker.io' || host === 'index.docker.io'
  return isHub ? 'https://index.docker.io/v1/' : host
}
