import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SiteCertificateAuthority } from './certificates.ts'
import { freePort } from './free-port.ts'
import { startLateRelay } from './network/late-relay.ts'
import { startVaultProcess, type VaultFlavour } from './vault-process.ts'
import { requestVault } from './vault-request.ts'

/** One server of a cluster. */
export interface VaultNode {
  readonly address: string
  /** What sys/health answers: 200 active, 429 standing by, 503 sealed, 0 nothing. */
  health(): Promise<number>
  unseal(key: unknown): Promise<void>
  stop(): Promise<void>
}

export interface VaultNodeOptions {
  readonly flavour: VaultFlavour
  readonly directory: string
  readonly ca: SiteCertificateAuthority
  readonly advertised?: string | undefined
  /** The one to join. */
  readonly leader?: string
  /** Waits five seconds for the other, not one, before it looks for a new leader. */
  readonly patient: boolean
  /** How much later than the leader it knows what was written; default is as soon as it can. */
  readonly lagMs?: number | undefined
}

/** Starts a server with integrated storage, still sealed. */
export async function startVaultNode(options: VaultNodeOptions): Promise<VaultNode> {
  const { flavour, directory, ca, lagMs } = options
  const address = `https://127.0.0.1:${await freePort()}`
  const clusterPort = await freePort()
  const relay = lagMs === undefined ? undefined : await startLateRelay(clusterPort, lagMs)
  mkdirSync(join(directory, 'data'), { recursive: true })
  const health = async (): Promise<number> => {
    const answer = await requestVault(address, ca.pem, 'GET', 'sys/health').catch(() => undefined)
    return answer?.status ?? 0
  }
  const server = await startVaultProcess(flavour, {
    directory,
    configuration: configuration(options, address, clusterPort, relay?.host),
    ready: async () => (await health()) !== 0,
  })
  const unseal: VaultNode['unseal'] = async (key) => {
    await requestVault(address, ca.pem, 'PUT', 'sys/unseal', { key })
  }
  const stop = async (): Promise<void> => {
    await server.stop()
    await relay?.stop()
  }
  return { address, health, unseal, stop }
}

function configuration(
  { directory, ca, advertised, leader, patient }: VaultNodeOptions,
  address: string,
  clusterPort: number,
  clusterHost = `127.0.0.1:${clusterPort}`,
): unknown {
  const { certificate, key } = ca.issue('vault')
  const raft = {
    path: join(directory, 'data'),
    node_id: directory,
    // A leader is missed after a second, as a site would set it; the default is five.
    performance_multiplier: patient ? 5 : 1,
    ...(leader === undefined
      ? {}
      : { retry_join: [{ leader_api_addr: leader, leader_ca_cert_file: ca.path }] }),
  }
  return {
    storage: { raft },
    listener: {
      tcp: {
        address: new URL(address).host,
        cluster_address: `127.0.0.1:${clusterPort}`,
        tls_cert_file: certificate,
        tls_key_file: key,
      },
    },
    api_addr: advertised ?? address,
    cluster_addr: `https://${clusterHost}`,
    disable_mlock: true,
  }
}
