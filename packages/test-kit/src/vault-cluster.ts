import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeCertificateAuthority } from './certificates.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { startVaultNode, type VaultNode } from './vault-node.ts'
import type { VaultFlavour } from './vault-process.ts'
import { requestVault, type VaultAnswer } from './vault-request.ts'

/** Two real Vault servers with integrated storage (raft): one is active, the other stands by. */
export interface TestVaultCluster extends AsyncDisposable {
  readonly caPath: string
  readonly caPem: string
  readonly rootToken: string
  /** Waits until one is active and the other stands by. */
  roles(): Promise<{ readonly active: VaultNode; readonly standby: VaultNode }>
  /** A call as root to the active one. */
  request(method: string, path: string, body?: unknown): Promise<VaultAnswer>
  /** Waits until both read what stands at this path: one that stands by may be behind. */
  replicated(path: string): Promise<void>
  stop(): Promise<void>
}

export interface TestVaultClusterOptions {
  readonly flavour: VaultFlavour
  /** Where the first server, which is active first, tells clients to go; default is its own address. */
  readonly advertised?: string
  /** How much later than the first the second knows what was written, while it stands by. */
  readonly lagMs?: number
}

type Ask = (node: VaultNode, method: string, path: string, body?: unknown) => Promise<VaultAnswer>

/** Starts both, initialises and unseals them, and waits until the second has joined. */
export async function startVaultCluster(
  options: TestVaultClusterOptions,
): Promise<TestVaultCluster> {
  const { flavour, advertised, lagMs } = options
  const root = temporaryDirectory(`${flavour}-cluster`)
  const ca = makeCertificateAuthority(root)
  const common = { flavour, ca, patient: lagMs !== undefined }
  const first = await startVaultNode({ ...common, directory: join(root, '1'), advertised })
  const { key, rootToken } = await initialise(first, ca.pem)
  const { address: leader } = first
  const second = await startVaultNode({ ...common, directory: join(root, '2'), leader, lagMs })
  // It joins once it is unsealed with the key of the first.
  await until(async () => {
    await second.unseal(key)
    return (await second.health()) === 429
  })
  const ask: Ask = ({ address }, method, path, body) =>
    requestVault(address, ca.pem, method, path, body, rootToken)
  const roles = (): ReturnType<TestVaultCluster['roles']> => findRoles(first, second)
  const reads = async (node: VaultNode, path: string): Promise<boolean> =>
    (await ask(node, 'GET', path)).status === 200
  const replicated = (path: string): Promise<void> =>
    until(async () => (await reads(first, path)) && (await reads(second, path)))
  const stop = async (): Promise<void> => {
    await Promise.all([first.stop(), second.stop()])
  }
  return {
    caPath: ca.path,
    caPem: ca.pem,
    rootToken,
    roles,
    request: async (method, path, body) => ask((await roles()).active, method, path, body),
    replicated,
    stop,
    [Symbol.asyncDispose]: stop,
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
