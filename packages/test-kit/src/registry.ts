import { mkdirSync, writeFileSync } from 'node:fs'
import * as https from 'node:https'
import { join } from 'node:path'
import bcrypt from 'bcryptjs'
import { makeCertificateAuthority, type SiteCertificateAuthority } from './certificates.ts'
import { freePort } from './free-port.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { toolPath } from './tools/index.ts'

/** A real registry with TLS by a private CA. */
export interface TestRegistry extends AsyncDisposable {
  /** host:port. 127.0.0.2, because tools fall back to plain HTTP for 127.0.0.1. */
  readonly host: string
  readonly caPath: string
  readonly caPem: string
  readonly username: string
  readonly password: string
  /** For DOCKER_CONFIG. */
  readonly dockerConfigDirectory: string
  readonly logPath: string
  stop(): Promise<void>
}

export interface TestRegistryOptions {
  /**
   * A registry that has the OCI referrers API: go-containerregistry's, in memory and open to everybody.
   * Without it CNCF distribution, on disk and with one account, which has no referrers API.
   */
  readonly referrers?: boolean
  readonly ca?: SiteCertificateAuthority
  readonly port?: number
}

/** Starts a registry on loopback. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const directory = temporaryDirectory('registry')
  const ca = options.ca ?? makeCertificateAuthority(directory)
  const host = `127.0.0.2:${options.port ?? (await freePort('127.0.0.2'))}`
  const account = { username: 'ci-pusher', password: 'canary-registry-password-7Q' }
  const files = ca.issue(`registry-${host.replace(':', '-')}`)
  const server = await startServerProcess({
    ...(options.referrers === true
      ? referrersProgram(host, files)
      : distributionProgram(writeConfiguration(directory, host, files, account))),
    env: { OTEL_TRACES_EXPORTER: 'none' },
    logPath: join(directory, 'registry.log'),
    ready: () => answers(host, ca.pem),
  })
  return describe(server, host, ca, account, writeDockerConfig(directory, host, account))
}

interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

function distributionProgram(configPath: string) {
  return { name: 'registry', path: toolPath('registry'), args: ['serve', configPath] }
}

function referrersProgram(host: string, { certificate, key }: CertificateFiles) {
  const path = toolPath('referrers-registry')
  return { name: 'referrers-registry', path, args: [host, certificate, key] }
}

interface Account {
  readonly username: string
  readonly password: string
}

function describe(
  server: ServerProcess,
  host: string,
  ca: SiteCertificateAuthority,
  account: Account,
  dockerConfigDirectory: string,
): TestRegistry {
  const { logPath, stop } = server
  const { path: caPath, pem: caPem } = ca
  return {
    host,
    caPath,
    caPem,
    ...account,
    dockerConfigDirectory,
    logPath,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function writeConfiguration(
  directory: string,
  addr: string,
  { certificate, key }: CertificateFiles,
  { username, password }: Account,
): string {
  const accounts = join(directory, 'htpasswd')
  writeFileSync(accounts, `${username}:${bcrypt.hashSync(password, 4)}\n`)
  const configPath = join(directory, 'config.json')
  const configuration = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(directory, 'data') }, delete: { enabled: true } },
    http: { addr, secret: 'one replica', tls: { certificate, key } },
    auth: { htpasswd: { realm: 'tierseal test', path: accounts } },
  }
  writeFileSync(configPath, JSON.stringify(configuration))
  return configPath
}

function writeDockerConfig(
  directory: string,
  host: string,
  { username, password }: Account,
): string {
  const path = join(directory, 'docker')
  mkdirSync(path)
  const auth = Buffer.from(`${username}:${password}`).toString('base64')
  writeFileSync(join(path, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }), {
    mode: 0o600,
  })
  return path
}

function answers(host: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = https.get(`https://${host}/v2/`, { ca, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 401 || response.statusCode === 200)
    })
    request.on('error', () => resolve(false))
  })
}
