import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BuildRequest, Mirror } from '../build-request.ts'

/** The folders and files of one buildah build; nothing of the system's own configuration is read. */
export interface BuildahPlace {
  readonly storage: string
  readonly runtime: string
  readonly certificates: string
  readonly secrets: string
  readonly authFile: string
  readonly policy: string
  /** Empty, so that the system's own short names are not read. */
  readonly noRegistries: string
  /** Where buildah keeps what short names mean; read even where there are none. */
  readonly shortNames: string
  readonly environment: Readonly<Record<string, string>>
}

/** Lays the folder of a build out, what is secret readable by this user alone. */
export function layOut(directory: string, request: BuildRequest): BuildahPlace {
  const folder = (name: string): string => {
    const path = join(directory, name)
    mkdirSync(path, { mode: 0o700 })
    return path
  }
  const file = (name: string, content: string | Buffer): string => {
    const path = join(directory, name)
    writeFileSync(path, content, { mode: 0o600 })
    return path
  }
  const [certificates, secrets] = [folder('certificates'), folder('secrets')]
  placeCertificates(request, (name, pem) => file(join('certificates', name), pem))
  for (const { id, value } of request.secrets) file(join('secrets', id), value)
  return {
    storage: folder('storage'),
    runtime: folder('runtime'),
    certificates,
    secrets,
    authFile: file('auth.json', request.access.dockerConfig),
    policy: file('policy.json', JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] })),
    noRegistries: folder('no-registries'),
    shortNames: join(directory, 'short-names.conf'),
    environment: environmentOf(directory, request, folder, file),
  }
}

/**
 * The registries.conf of a build: its mirrors, no registry to look short names up in, Docker Hub blocked
 * where it has no mirror, since nothing may ask a public registry, and the hosts that need not prove
 * themselves, where the inputs say so.
 */
export function registriesConf(
  mirrors: readonly Mirror[],
  { hosts, plainHttp, skipTlsVerify }: BuildRequest['access'],
): string {
  const insecure = plainHttp || skipTlsVerify
  const isMirrored = (host: string): boolean => mirrors.some(({ registry }) => registry === host)
  const short = JSON.stringify(isMirrored('docker.io') ? ['docker.io'] : [])
  const tables = mirrors.map(({ registry, replacement }) =>
    table({ prefix: registry, location: replacement, ...(insecure ? { insecure } : {}) }),
  )
  const blocked = isMirrored('docker.io') ? [] : [table({ location: 'docker.io', blocked: true })]
  const open = insecure ? hosts.filter((host) => !isMirrored(host)) : []
  return [
    `unqualified-search-registries = ${short}\n`,
    ...tables,
    ...blocked,
    ...open.map((location) => table({ location, insecure })),
  ].join('\n')
}

function table(values: Readonly<Record<string, string | boolean>>): string {
  const lines = Object.entries(values).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}\n`,
  )
  return `[[registry]]\n${lines.join('')}`
}

function environmentOf(
  directory: string,
  { access, mirrors }: BuildRequest,
  folder: (name: string) => string,
  file: (name: string, content: string) => string,
): Readonly<Record<string, string>> {
  const network = folder('network')
  const trusted =
    access.ca === undefined
      ? {}
      : { SSL_CERT_FILE: file('ca.pem', access.ca.pem), SSL_CERT_DIR: folder('no-certificates') }
  return {
    HOME: directory,
    TMPDIR: folder('tmp'),
    XDG_DATA_HOME: folder('data'),
    XDG_RUNTIME_DIR: folder('run'),
    CONTAINERS_REGISTRIES_CONF: file('registries.conf', registriesConf(mirrors, access)),
    CONTAINERS_STORAGE_CONF: file('storage.conf', '[storage]\ndriver = "vfs"\n'),
    // The other backend writes to /run even for a build that uses the network of the runner.
    CONTAINERS_CONF: file(
      'containers.conf',
      `[network]\nnetwork_backend = "cni"\nnetwork_config_dir = ${JSON.stringify(network)}\n`,
    ),
    ...trusted,
  }
}

// The names that containers/image looks for in a certificate folder.
function placeCertificates(
  { access }: BuildRequest,
  place: (name: string, pem: string) => void,
): void {
  if (access.ca !== undefined) place('ca.crt', access.ca.pem)
  if (access.clientCertificate === undefined) return
  place('client.cert', access.clientCertificate.certificatePem)
  place('client.key', access.clientCertificate.keyPem)
}
