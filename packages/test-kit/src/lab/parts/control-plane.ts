import { askHttps } from '../ask-https.ts'
import { certificateFiles, identityOf } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { kubeconfigOf } from '../kubeconfig.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'

/** Deployments become ReplicaSets become Pods; namespaces get their service account and CA. */
export const controllerManager: Part = {
  name: 'kube-controller-manager',
  after: ['kube-apiserver'],
  daemons: ['kube-controller-manager'],
  start(state) {
    startDaemon(state, 'kube-controller-manager', program('kube-controller-manager'), [
      `--kubeconfig=${kubeconfigOf('kube-controller-manager')}`,
      ...servingArguments('kube-controller-manager'),
      `--service-account-private-key-file=${certificateFiles.serviceAccountKey}`,
      `--root-ca-file=${certificateFiles.clusterCa}`,
      '--use-service-account-credentials',
      '--leader-elect=false',
      // A node that died is found within a test's patience, not after the default 50 s.
      '--node-monitor-grace-period=12s',
      '--node-monitor-period=2s',
    ])
  },
  ready: async () => (await askHttps('https://127.0.0.1:10257/healthz')).status === 200,
}

/** Puts pods on the node. */
export const scheduler: Part = {
  name: 'kube-scheduler',
  after: ['kube-apiserver'],
  daemons: ['kube-scheduler'],
  start(state) {
    startDaemon(state, 'kube-scheduler', program('kube-scheduler'), [
      `--kubeconfig=${kubeconfigOf('kube-scheduler')}`,
      ...servingArguments('kube-scheduler'),
      '--leader-elect=false',
    ])
  },
  ready: async () => (await askHttps('https://127.0.0.1:10259/healthz')).status === 200,
}

// Else each makes a self-signed certificate, which nobody could verify.
function servingArguments(name: string): string[] {
  const { certificate, key } = identityOf(name)
  return [
    '--bind-address=127.0.0.1',
    `--tls-cert-file=${certificate}`,
    `--tls-private-key-file=${key}`,
  ]
}
