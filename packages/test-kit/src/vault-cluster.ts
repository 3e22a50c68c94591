import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeCertificateAuthority, type SiteCertificateAuthority } from './certificates.ts'
import { freePort } from './free-port.ts'
import { startServerProcess } from './server-process.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { toolPath } from './tools/index.ts'
import { requestVault, type VaultAnswer } from './vault-request.ts'

/** One server of a cluster. */
export interface VaultNode {
  readonly address: string
  /** What sys/health answers: 200 active, 429 standing by, 503 sealed, 0 nothing. */
  health(): Promise<number>
  unseal(key: unknown): Promise<void>
  stop(): Promise<void>
}

/** Two real Vault servers with integrated storage (raft): one is active, the other stands by. */
export interface TestVaultCluster extends AsyncDisposable {
  readonly caPath: string
  readonly caPem: string
  readonly rootToken: string
  /** Waits until one is active and the other stands by. */
  roles(): Promise<{ readonly active: VaultNode; readonly standby: VaultNode }>
  /** A call as root to the active one. */
  request(method: string, path: string, body?: unknown): Promise<VaultAnswer>
  stop(): Promise<void>
}

export interface TestVaultClusterOptions {
  readonly flavour: 'openbao' | 'vault'
  /** Where the first server, which is active first, tells clients to go; default is its own address. */
  readonly advertised?: string
}

type Ask = (node: VaultNode, method: string, path: string, body?: unknown) => Promise<VaultAnswer>

/** Starts both, initialises and unseals them, and waits until the second has joined. */
export async function startVaultCluster(
  options: TestVaultClusterOptions,
): Promise<TestVaultCluster> {
  const { flavour, advertised } = options
  const root = temporaryDirectory(`${flavour}-cluster`)
  const ca = makeCertificateAuthority(root)
  const first = await startNode({ flavour, directory: join(root, '1'), ca, advertised })
  const { key, rootToken } = await initialise(first, ca.pem)
  const { address: leader } = first
  const second = await startNode({ flavour, directory: join(root, '2'), ca, leader })
  // It joins once it is unsealed with the key of the first.
  await until(async () => {
    await second.unseal(key)
    return (await second.health()) === 429
  })
  const ask: Ask = ({ address }, method, path, body) =>
    requestVault(address, ca.pem, method, path, body, rootToken)
  const roles = (): ReturnType<TestVaultCluster['roles']> => findRoles(first, second)
  const stop = async (): Promise<void> => {
    await Promise.all([first.stop(), second.stop()])
  }
  return {
    caPath: ca.path,
    caPem: ca.pem,
    rootToken,
    roles,
    request: async (method, path, body) => ask((await roles()).active, method, path, body),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

interface NodeOptions {
  readonly flavour: 'openbao' | 'vault'
  readonly directory: string
  readonly ca: SiteCertificateAuthority
  readonly advertised?: string | undefined
  /** The one to join. */
  readonly leader?: string
}

async function startNode(options: NodeOptions): Promise<VaultNode> {
  const { flavour, directory, ca } = options
  const address = `https://127.0.0.1:${await freePort()}`
  const clusterAddress = `https://127.0.0.1:${await freePort()}`
  mkdirSync(join(directory, 'data'), { recursive: true })
  const configPath = join(directory, 'server.json')
  writeFileSync(configPath, JSON.stringify(configuration(options, address, clusterAddress)))
  const health = async (): Promise<number> => {
    const answer = await requestVault(address, ca.pem, 'GET', 'sys/health').catch(() => undefined)
    return answer?.status ?? 0
  }
  const { stop } = await startServerProcess({
    name: flavour,
    path: toolPath(flavour),
    args: ['server', '-config', configPath],
    env: { SKIP_SETCAP: '1' },
    logPath: join(directory, 'server.log'),
    ready: async () => (await health()) !== 0,
  })
  const unseal: VaultNode['unseal'] = async (key) => {
    await requestVault(address, ca.pem, 'PUT', 'sys/unseal', { key })
  }
  return { address, health, unseal, stop }
}

function configuration(
  { directory, ca, advertised, leader }: NodeOptions,
  address: string,
  clusterAddress: string,
): unknown {
  const { certificate, key } = ca.issue('vault')
  const raft = {
    path: join(directory, 'data'),
    node_id: directory,
    // A leader is missed after a second, as a site would set it (the default is five times that).
    performance_multiplier: 1,
    ...(leader === undefined
      ? {}
      : { retry_join: [{ leader_api_addr: leader, leader_ca_cert_file: ca.path }] }),
  }
  return {
    storage: { raft },
    listener: {
      tcp: {
        address: new URL(address).host,
        cluster_address: new URL(clusterAddress).host,
        tls_cert_file: certificate,
        tls_key_file: key,
      },
    },
    api_addr: advertised ?? address,
    cluster_addr: clusterAddress,
    disable_mlock: true,
  }
}

async function initialise(
  node: VaultNode,
  ca: string,
): Promise<{ readonly key: unknown; readonly rootToken: string }> {
  const shares = { secret_shares: 1, secret_threshold: 1 }
  const { body } = await requestVault(node.address, ca, 'PUT', 'sys/init', shares)
  const [key] = Array.isArray(body['keys']) ? body['keys'] : []
  await node.unseal(key)
  await until(async () => (await node.health()) === 200)
  return { key, rootToken: String(body['root_token']) }
}

async function findRoles(
  one: VaultNode,
  other: VaultNode,
): Promise<{ readonly active: VaultNode; readonly standby: VaultNode }> {
  let active = one
  await until(async () => {
    const states = [await one.health(), await other.health()]
    active = states[0] === 200 ? one : other
    return states.toSorted().join() === '200,429'
  })
  return { active, standby: active === one ? other : one }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('the Vault cluster did not come to its state')
    await sleep(100)
  }
}
