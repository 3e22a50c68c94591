import { join } from 'node:path'
import { makeCertificateAuthority, type SiteCertificateAuthority } from './certificates.ts'
import { freePort } from './free-port.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { startVaultProcess, type VaultFlavour } from './vault-process.ts'
import { requestVault, type VaultAnswer } from './vault-request.ts'

/** A real Vault server with TLS by a private CA, unsealed, in memory. */
export interface TestVault extends AsyncDisposable {
  readonly address: string
  readonly caPath: string
  readonly caPem: string
  readonly rootToken: string
  /** One line of JSON per request and response: what really reached the server. */
  readonly auditPath: string
  readonly logPath: string
  /** A call as root, or with the given token. */
  request(method: string, path: string, body?: unknown, token?: string): Promise<VaultAnswer>
  stop(): Promise<void>
}

export interface TestVaultOptions {
  /** OpenBao (the quick default) or HashiCorp Vault. */
  readonly flavour?: VaultFlavour
  readonly ca?: SiteCertificateAuthority
}

/** Starts a Vault server, initialises and unseals it, and turns its audit log on. */
export async function startVault(options: TestVaultOptions = {}): Promise<TestVault> {
  const { flavour = 'openbao' } = options
  const directory = temporaryDirectory(flavour)
  const ca = options.ca ?? makeCertificateAuthority(directory)
  const auditPath = join(directory, 'audit.log')
  const address = `https://127.0.0.1:${await freePort()}`
  const server = await startVaultProcess(flavour, {
    directory,
    configuration: configuration(address, ca, auditPath),
    ready: async () => (await requestVault(address, ca.pem, 'GET', 'sys/health')).status === 501,
  })
  const rootToken = await initialise(address, ca.pem)
  const request: TestVault['request'] = (method, path, body, token = rootToken) =>
    requestVault(address, ca.pem, method, path, body, token)
  if (flavour === 'vault') {
    await request('PUT', 'sys/audit/file', { type: 'file', options: { file_path: auditPath } })
  }
  const { logPath, stop } = server
  const { path: caPath, pem: caPem } = ca
  return {
    address,
    caPath,
    caPem,
    rootToken,
    auditPath,
    logPath,
    request,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function configuration(address: string, ca: SiteCertificateAuthority, auditPath: string): unknown {
  const { certificate, key } = ca.issue('vault')
  const { host } = new URL(address)
  return {
    storage: { inmem: {} },
    listener: { tcp: { address: host, tls_cert_file: certificate, tls_key_file: key } },
    api_addr: address,
    disable_mlock: true,
    // OpenBao takes audit devices from its configuration alone; HashiCorp Vault ignores the key.
    audit: [{ type: 'file', path: 'file', options: { file_path: auditPath } }],
  }
}

async function initialise(address: string, ca: string): Promise<string> {
  const shares = { secret_shares: 1, secret_threshold: 1 }
  const { body } = await requestVault(address, ca, 'PUT', 'sys/init', shares)
  const [key] = Array.isArray(body['keys']) ? body['keys'] : []
  await requestVault(address, ca, 'PUT', 'sys/unseal', { key })
  const token = String(body['root_token'])
  while ((await requestVault(address, ca, 'GET', 'sys/health')).status !== 200);
  return token
}
