import { writeFileSync } from 'node:fs'
import { askHttps } from '../ask-https.ts'
import { certificateFiles, identityOf } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { writeKubeconfig } from '../kubeconfig.ts'
import { hostOf, labPath, networks, nodeAddress, ports } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'

/** Where the API server answers. */
export const apiServerUrl = `https://${hostOf('apiserver')}`

const clients = [
  'admin',
  'argocd',
  'kyverno',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
]

/** kube-apiserver with the admission plugins of any cluster, and the token issuer that Vault asks back. */
export const apiserver: Part = {
  name: 'kube-apiserver',
  after: ['etcd'],
  daemons: ['kube-apiserver'],
  start(state) {
    for (const name of clients) writeKubeconfig(name)
    startDaemon(state, 'kube-apiserver', program('kube-apiserver'), [
      `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
      `--etcd-cafile=${certificateFiles.clusterCa}`,
      `--advertise-address=${nodeAddress}`,
      `--secure-port=${ports.apiserver}`,
      `--tls-cert-file=${identityOf('apiserver').certificate}`,
      `--tls-private-key-file=${identityOf('apiserver').key}`,
      `--client-ca-file=${certificateFiles.clusterCa}`,
      `--kubelet-client-certificate=${identityOf('admin').certificate}`,
      `--kubelet-client-key=${identityOf('admin').key}`,
      `--kubelet-certificate-authority=${certificateFiles.clusterCa}`,
      '--kubelet-preferred-address-types=InternalIP',
      `--service-account-issuer=${apiServerUrl}`,
      `--service-account-key-file=${certificateFiles.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${certificateFiles.serviceAccountKey}`,
      // A token for Vault has its own audience; the first is what the API server itself accepts.
      `--api-audiences=${apiServerUrl},vault`,
      `--service-cluster-ip-range=${networks.services}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged',
      '--event-ttl=1h',
      '--shutdown-delay-duration=0s',
      `--audit-policy-file=${auditPolicy()}`,
      `--audit-log-path=${labPath('logs', 'audit.log')}`,
    ])
  },
  ready: async () => (await askHttps(`${apiServerUrl}/readyz`)).status === 200,
}

// Who created, changed or deleted what: the story behind a failed case. No bodies, which hold secrets.
function auditPolicy(): string {
  const path = labPath('audit-policy.json')
  const rules = [
    {
      level: 'Metadata',
      verbs: ['create', 'delete', 'patch', 'update'],
      omitStages: ['RequestReceived'],
    },
    { level: 'None' },
  ]
  writeFileSync(path, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }))
  return path
}
