import { writeFileSync } from 'node:fs'
import { certificateFiles, identityOf } from './certificates.ts'
import { hostOf, labPath } from './layout.ts'

/** The kubeconfig of one identity. */
export function kubeconfigOf(name: string): string {
  return labPath('pki', `${name}.kubeconfig`)
}

/** Writes the kubeconfig of an identity that the cluster's authority issued. JSON is YAML. */
export function writeKubeconfig(name: string): void {
  const { certificate, key } = identityOf(name)
  writeUserKubeconfig(name, { 'client-certificate': certificate, 'client-key': key })
}

/** Writes a kubeconfig for any user entry, such as one with a service account token file. */
export function writeUserKubeconfig(name: string, user: Readonly<Record<string, string>>): string {
  const cluster = {
    server: `https://${hostOf('apiserver')}`,
    'certificate-authority': certificateFiles.clusterCa,
  }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: name } }],
    'current-context': 'lab',
  }
  writeFileSync(kubeconfigOf(name), JSON.stringify(config), { mode: 0o600 })
  return kubeconfigOf(name)
}
