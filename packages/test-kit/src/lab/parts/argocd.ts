import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { certificateFiles } from '../certificates.ts'
import { connects } from '../connects.ts'
import { type DaemonOptions, startDaemon } from '../daemon.ts'
import { kubeconfigOf } from '../kubeconfig.ts'
import { apply, kubectl } from '../kubectl.ts'
import { labPath, nodeAddress, ports } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'
import { writeState } from '../state.ts'

const redisAddress = `127.0.0.1:${ports.redis}`
const repoServerAddress = `127.0.0.1:${ports.repoServer}`

/** Argo CD's definitions and configuration, as its own manifests have them. */
export const argocdSetup: Part = {
  name: 'argocd-set-up',
  after: ['kube-apiserver'],
  async start(state) {
    if (state.done['argocd'] !== undefined) return
    const assets = labPath('assets', 'argocd')
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } })
    await kubectl(['apply', '--server-side', '--validate=false', '-k', `${assets}/crds`])
    await kubectl(['-n', 'argocd', 'apply', '--validate=false', '-k', `${assets}/base/config`])
    const data = { 'server.secretkey': randomBytes(32).toString('base64') }
    const patch = ['--type=merge', '-p', JSON.stringify({ stringData: data })]
    await kubectl(['-n', 'argocd', 'patch', 'secret', 'argocd-secret', ...patch])
    state.done['argocd'] = 'applied'
    writeState(state)
  },
  ready: async (state) => state.done['argocd'] !== undefined,
}

/** Argo CD's cache. */
export const redis: Part = {
  name: 'redis',
  after: [],
  daemons: ['redis'],
  start(state) {
    const memoryOnly = ['--save', '', '--appendonly', 'no']
    const address = ['--bind', '127.0.0.1', '--port', String(ports.redis)]
    startDaemon(state, 'redis', program('redis'), [...memoryOnly, ...address])
  },
  ready: () => connects(ports.redis),
}

/** Renders overlays from the GitOps repository. */
export const repoServer: Part = {
  name: 'argocd-repo-server',
  after: ['redis', 'argocd-set-up'],
  daemons: ['argocd-repo-server'],
  start(state) {
    for (const name of ['gpg', 'gpg-keys', 'tls', 'ssh', 'tmp']) {
      mkdirSync(labPath('argocd', name), { recursive: true, mode: 0o700 })
    }
    copyFileSync(certificateFiles.siteCa, labPath('argocd', 'tls', nodeAddress))
    startArgo(state, 'argocd-repo-server', [
      ...['--address', '127.0.0.1', '--port', String(ports.repoServer)],
      ...['--metrics-address', '127.0.0.1', '--metrics-port', '8084'],
      ...['--disable-tls', '--redis', redisAddress],
    ])
  },
  ready: () => connects(ports.repoServer),
}

/** Compares what Git says with what the cluster has, and syncs. */
export const applicationController: Part = {
  name: 'argocd-application-controller',
  after: ['argocd-repo-server'],
  daemons: ['argocd-application-controller'],
  start(state) {
    startArgo(state, 'argocd-application-controller', [
      ...['--kubeconfig', kubeconfigOf('argocd'), '--namespace', 'argocd'],
      ...['--repo-server', repoServerAddress, '--repo-server-plaintext'],
      ...['--redis', redisAddress, '--app-resync', '10', '--metrics-port', '8082'],
      ...['--status-processors', '4', '--operation-processors', '4'],
    ])
  },
  ready: () => connects(8082),
}

// One binary: the name it is called by chooses the role.
function startArgo(
  state: Parameters<typeof startDaemon>[0],
  name: string,
  args: readonly string[],
): void {
  const options: DaemonOptions = {
    env: {
      ARGOCD_BINARY_NAME: name,
      PATH: [
        labPath('assets', 'argocd', 'hack'),
        dirname(program('kustomize')),
        process.env['PATH'] ?? '',
      ].join(':'),
      HOME: labPath('argocd', 'tmp'),
      TMPDIR: labPath('argocd', 'tmp'),
      SSL_CERT_FILE: certificateFiles.siteCa,
      ARGOCD_GNUPGHOME: labPath('argocd', 'gpg'),
      ARGOCD_GPG_DATA_PATH: labPath('argocd', 'gpg-keys'),
      ARGOCD_TLS_DATA_PATH: labPath('argocd', 'tls'),
      ARGOCD_SSH_DATA_PATH: labPath('argocd', 'ssh'),
      ARGOCD_GPG_ENABLED: 'true',
      ARGOCD_FAKE_IN_CLUSTER: 'true',
      KUBECONFIG: kubeconfigOf('argocd'),
    },
  }
  startDaemon(state, name, program('argocd'), args, options)
}
