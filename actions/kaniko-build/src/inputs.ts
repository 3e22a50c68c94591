import {
  asText,
  flag,
  type InputValues,
  type JointSpec,
  lines,
  list,
  maskSecret,
  optional,
  parseEach,
  readInputs,
  required,
  seconds,
  secret,
} from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import {
  type CertificateAuthority,
  type ClientCertificate,
  loadCertificateAuthority,
  loadOptionalClientCertificate,
} from '@tierseal/https'
import { parseRepository } from '@tierseal/oci'
import { type CredentialSource, demandUsableCredentials } from '@tierseal/registry'
import { parseAssignments } from './assignments.ts'
import type { BuildSecret, BuildSettings, Destination } from './build-request.ts'
import { parseDestination } from './destination.ts'
import { freshDigestFile } from './digest-file.ts'
import { kubernetesDemands } from './executors/kubernetes-demands.ts'
import {
  type KubernetesSettings,
  kubernetesSettings,
  kubernetesSpecs,
} from './executors/kubernetes-settings.ts'
import { refuseUnusedSettings } from './executors/unused-settings.ts'
import { type EngineName, parseExtraArgument } from './extra-arguments.ts'
import { parseMirror } from './mirror.ts'
import { readSecretFile, readSecretVariable } from './secrets.ts'

type ExecutorName = 'sandbox' | 'in-place' | 'kubernetes'

/** The inputs of kaniko-build, each read and proven by itself. */
export interface BuildInputs extends BuildSettings {
  readonly engine: EngineName
  readonly executor: ExecutorName
  readonly context: string
  readonly dockerfile: string
  /** Absolute; nothing is there. */
  readonly digestFile: string
  readonly kanikoPath: string
  readonly kubernetes: KubernetesSettings
  readonly buildahPath: string | undefined
  readonly ca: CertificateAuthority | undefined
  readonly clientCertificate: ClientCertificate | undefined
  readonly credentials: CredentialSource
  readonly plainHttp: boolean
  readonly skipTlsVerify: boolean
  readonly timeoutMs: number
}

const specs = {
  engine: required('engine', oneOf('kaniko', 'buildah')),
  executor: required('executor', oneOf('sandbox', 'in-place', 'kubernetes')),
  context: required('context', asText),
  dockerfile: required('dockerfile', asText),
  destinations: required('destination', parseDestinations),
  buildArguments: { name: 'build-args', read: parseAssignments },
  labels: { name: 'labels', read: parseAssignments },
  target: optional('target', asText),
  platform: optional('platform', parsePlatform),
  secretFiles: list('secret-files', readSecretFile),
  secretVariables: list('secret-envs', readSecretVariable),
  cacheRepository: optional('cache-repository', parseCacheRepository),
  reproducible: flag('reproducible'),
  mirrors: list('registry-mirrors', parseMirror),
  extraArguments: lines('extra-args'),
  verbosity: required('verbosity', oneOf('info', 'debug', 'trace')),
  digestFile: { name: 'digest-file', read: freshDigestFile },
  kanikoPath: required('kaniko-path', asText),
  buildahPath: optional('buildah-path', asText),
  ca: optional('registry-ca', loadCertificateAuthority),
  username: optional('registry-username', asText),
  password: secret('registry-password'),
  dockerConfig: optional('docker-config', asText),
  certificatePath: optional('registry-client-certificate', asText),
  keyPath: optional('registry-client-key', asText),
  plainHttp: flag('plain-http'),
  skipTlsVerify: flag('skip-tls-verify'),
  timeoutMs: seconds('timeout-seconds'),
  ...kubernetesSpecs,
}

type Specified = InputValues<typeof specs>

const joints = {
  secrets: { of: ['secretFiles', 'secretVariables'], read: distinctSecrets },
  allowedArguments: { of: ['engine', 'extraArguments'], read: allowArguments },
  credentials: { of: ['username', 'password', 'dockerConfig'], read: credentialsOf },
  cachePlace: { of: ['cacheRepository', 'destinations'], read: demandOwnCache },
  oneRegistry: { of: ['username', 'password', 'destinations'], read: demandOneRegistry },
  clientCertificate: {
    of: ['certificatePath', 'keyPath'],
    read: (paths: Specified) => loadOptionalClientCertificate(paths, maskSecret),
  },
  podSettings: { of: ['executor'], read: refuseUnusedSettings },
  ...kubernetesDemands,
} as const satisfies Record<string, JointSpec<Specified, unknown>>

/**
 * @throws KnownError with every problem of the inputs at once
 */
export function readBuildInputs(): BuildInputs {
  const values = readInputs(specs, joints)
  return { ...values, kubernetes: kubernetesSettings(values) }
}

function oneOf<const T extends string>(...allowed: readonly T[]): (value: string) => T {
  return (value) => {
    const found = allowed.find((name) => name === value)
    if (found !== undefined) return found
    throw new Error(`${JSON.stringify(value)} is none of ${allowed.join(', ')}`)
  }
}

function parseDestinations(value: string): readonly [Destination, ...Destination[]] {
  const [first, ...rest] = list('destination', parseDestination).read(value)
  // A required input has a line.
  return [first ?? parseDestination(''), ...rest]
}

function parsePlatform(value: string): string {
  if (/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9.]+)?$/.test(value)) return value
  throw new Error(`${JSON.stringify(value)} is not os/architecture[/variant], such as linux/arm64`)
}

function parseCacheRepository(value: string): string {
  parseRepository(value)
  return value
}

// A cache push beside the image could stand under a destination's tag, or hold its digest.
function demandOwnCache({
  cacheRepository,
  destinations,
}: Pick<Specified, 'cacheRepository' | 'destinations'>): void {
  const own = cacheRepository?.toLowerCase()
  if (!destinations.some(({ name }) => name.toLowerCase() === own)) return
  throw new KnownError(
    'INPUT_INVALID',
    `cache-repository ${cacheRepository} is the repository of a destination`,
    { hint: 'Give cached layers a repository of their own, such as the destination with /cache.' },
  )
}

function credentialsOf({
  username,
  password,
  dockerConfig,
}: Pick<Specified, 'username' | 'password' | 'dockerConfig'>): CredentialSource {
  demandUsableCredentials({ username, password }, [])
  return { username, password, dockerConfig }
}

function demandOneRegistry({
  username,
  password,
  destinations,
}: Pick<Specified, 'username' | 'password' | 'destinations'>): void {
  if (username === undefined || password === undefined) return
  const hosts = destinations.map(({ repository }) => repository.registry)
  demandUsableCredentials({ username, password }, hosts)
}

function distinctSecrets({
  secretFiles,
  secretVariables,
}: Pick<Specified, 'secretFiles' | 'secretVariables'>): readonly BuildSecret[] {
  const secrets = [...secretFiles, ...secretVariables]
  const ids = secrets.map(({ id }) => id)
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index)
  parseEach([...new Set(repeated)], (id) => {
    throw new KnownError('INPUT_INVALID', `the build secret ${id} is given twice`)
  })
  return secrets
}

function allowArguments({
  engine,
  extraArguments,
}: Pick<Specified, 'engine' | 'extraArguments'>): void {
  parseEach(extraArguments, (line) => parseExtraArgument(engine, line))
}
