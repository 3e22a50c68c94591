import { KnownError } from '@tierseal/errors'
import { type DockerConfig, readDockerConfig } from './docker-config.ts'

/** What a registry is told about who asks. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** Where credentials may come from; user name and password go before the file. */
export interface CredentialSource {
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** A config.json, or the folder that holds it; without it, kaniko's own place where it exists. */
  readonly dockerConfig?: string | undefined
}

/**
 * The credentials for one registry, or undefined where the site gives none for it.
 *
 * @param host `host[:port]`, exactly as in the reference
 * @throws KnownError INPUT_INVALID for half a pair; DOCKER_CONFIG_INVALID; CREDENTIAL_HELPER_FAILED
 */
export async function resolveCredentials(
  source: CredentialSource,
  host: string,
): Promise<Credentials | undefined> {
  demandUsableCredentials(source, [host])
  const { username, password, dockerConfig } = source
  if (username !== undefined && password !== undefined) return { username, password }
  const config = readDockerConfig(dockerConfig)
  return config === undefined ? undefined : credentialsFor(config, host)
}

/** What one config.json gives for a host: its entry in auths, else its credential helper's answer. */
export async function credentialsFor(
  config: DockerConfig,
  host: string,
): Promise<Credentials | undefined> {
  const stored = config.credentialsOf(host)
  if (stored !== undefined) return stored
  const helper = config.helperOf(host)
  if (helper === undefined) return undefined
  const { askCredentialHelper } = await import(/* webpackMode: "eager" */ './credential-helper.ts')
  return askCredentialHelper(helper, host)
}

/**
 * Refuses a user name or password that cannot be used as it is meant, before any registry is asked.
 *
 * @param hosts the registries that it would go to
 * @throws KnownError INPUT_INVALID for half a pair, or one pair for several registries
 */
export function demandUsableCredentials(
  { username, password }: CredentialSource,
  hosts: readonly string[],
): void {
  if ((username === undefined) !== (password === undefined)) throw halfPair(username !== undefined)
  const distinct = [...new Set(hosts)]
  if (password === undefined || distinct.length < 2) return
  throw new KnownError(
    'INPUT_INVALID',
    `one registry-username and registry-password cannot be for several registries: ${distinct.join(', ')}`,
    { hint: 'Give docker-config with an auths entry for each of them.' },
  )
}

function halfPair(hasUsername: boolean): KnownError {
  const [given, missing] = hasUsername ? ['username', 'password'] : ['password', 'username']
  return new KnownError(
    'INPUT_INVALID',
    `registry-${given} is set and registry-${missing} is empty`,
    { hint: 'Set both or neither; an empty secret often means that its name is misspelt.' },
  )
}
