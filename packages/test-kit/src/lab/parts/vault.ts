import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { askHttps } from '../ask-https.ts'
import { certificateFiles, type Identity, identityOf } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { apply, kubectl, type Manifest } from '../kubectl.ts'
import { hostOf, labPath, nodeAddress } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'
import { type LabState, writeState } from '../state.ts'
import { enable, initialise, vaultRequest } from '../vault-request.ts'
import { apiServerUrl } from './apiserver.ts'

/** Where the lab keeps keys: the mount that tiers.yaml names. */
export const keyMount = 'cosign'

/** HashiCorp Vault, or OpenBao by a switch: a real server with TLS, initialised and unsealed. */
export const vault: Part = {
  name: 'vault',
  after: [],
  daemons: ['vault'],
  start(state) {
    const path = labPath('vault', 'config.hcl')
    mkdirSync(labPath('vault', 'data'), { recursive: true })
    writeFileSync(path, configuration(state.vaultFlavour, identityOf('server')))
    startDaemon(state, 'vault', program(state.vaultFlavour), [
      'server',
      `-config=${path}`,
      '-log-level=debug',
    ])
  },
  async ready(state) {
    await initialise(state)
    return (await askHttps(`https://${hostOf('vault')}/v1/sys/health`)).status === 200
  },
}

// On disk, so that a sealed or restarted server still has its data, as a real one would. OpenBao has no
// storage of type file, and HashiCorp's raft wants mlock settings that OpenBao refuses. A multiplier of 1 lets raft elect
// itself within 2 s; by its default it waits for others for up to 10.
function configuration(flavour: LabState['vaultFlavour'], { certificate, key }: Identity): string {
  const data = labPath('vault', 'data')
  const storage =
    flavour === 'vault'
      ? `disable_mlock = true\nstorage "file" { path = "${data}" }`
      : `cluster_addr = "https://${nodeAddress}:8201"\nstorage "raft" {\n  path = "${data}"\n  node_id = "lab"\n  performance_multiplier = 1\n}`
  return `${storage}
listener "tcp" {
  address = "${hostOf('vault')}"
  tls_cert_file = "${certificate}"
  tls_key_file = "${key}"
}
api_addr = "https://${hostOf('vault')}"
ui = false
`
}

const reviewer: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'vault' } },
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'token-reviewer', namespace: 'vault' },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'vault-token-reviewer' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:auth-delegator',
    },
    subjects: [{ kind: 'ServiceAccount', name: 'token-reviewer', namespace: 'vault' }],
  },
]

/** Logins by service account token, each verified by the API server's TokenReview. */
export const vaultAuth: Part = {
  name: 'vault-kubernetes-auth',
  after: ['vault', 'kube-apiserver'],
  daemons: ['vault'],
  async start(state) {
    if (state.done['vault-auth'] !== undefined) return
    await apply(...reviewer)
    const token = await kubectl([
      '-n',
      'vault',
      'create',
      'token',
      'token-reviewer',
      '--duration=24h',
    ])
    await enable(state, 'sys/auth/kubernetes', { type: 'kubernetes' })
    await enable(state, `sys/mounts/${keyMount}`, { type: 'kv', options: { version: '2' } })
    await enable(state, 'sys/mounts/transit', { type: 'transit' })
    await vaultRequest(state, 'POST', 'auth/kubernetes/config', {
      kubernetes_host: apiServerUrl,
      kubernetes_ca_cert: readFileSync(certificateFiles.clusterCa, 'utf8'),
      token_reviewer_jwt: token.trim(),
      disable_local_ca_jwt: true,
    })
    state.done['vault-auth'] = apiServerUrl
    writeState(state)
  },
  async ready(state) {
    const { status } = await askHttps(`https://${hostOf('vault')}/v1/sys/health`)
    return status === 200 && state.done['vault-auth'] !== undefined
  },
}
