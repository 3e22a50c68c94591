import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { command } from './command.ts'
import { labPath, nodeAddress, siteCa } from './layout.ts'

/** The two authorities of a site: one for its servers, one inside the cluster. */
export const certificateFiles = {
  siteCa,
  clusterCa: labPath('pki', 'cluster-ca.pem'),
  clusterCaKey: labPath('pki', 'cluster-ca.key'),
  serviceAccountKey: labPath('pki', 'service-accounts.key'),
  serviceAccountPublicKey: labPath('pki', 'service-accounts.pub'),
} as const

export interface Identity {
  readonly certificate: string
  readonly key: string
}

type Authority = 'site' | 'cluster'

// organisation is what Kubernetes reads as the group.
const identities: readonly { name: string; by: Authority; group?: string; cn?: string }[] = [
  { name: 'server', by: 'site' },
  { name: 'apiserver', by: 'cluster' },
  { name: 'admin', by: 'cluster', group: 'system:masters' },
  { name: 'argocd', by: 'cluster', group: 'system:masters' },
  { name: 'kyverno', by: 'cluster', group: 'system:masters' },
  { name: 'kube-controller-manager', by: 'cluster', cn: 'system:kube-controller-manager' },
  { name: 'kube-scheduler', by: 'cluster', cn: 'system:kube-scheduler' },
  { name: 'kubelet', by: 'cluster', cn: 'system:node:lab-node', group: 'system:nodes' },
]

/** The files of one identity. */
export function identityOf(name: string): Identity {
  return { certificate: labPath('pki', `${name}.pem`), key: labPath('pki', `${name}.key`) }
}

/** Makes both authorities, every identity and the key of service account tokens, once. */
export async function makeCertificates(): Promise<void> {
  if (existsSync(certificateFiles.serviceAccountPublicKey)) return
  // Traversable, because Gitea reads its certificate as a user without rights.
  mkdirSync(labPath('pki'), { recursive: true, mode: 0o711 })
  await Promise.all([makeAuthority('site'), makeAuthority('cluster')])
  await Promise.all(identities.map(issue))
  // Vault's Kubernetes auth reads RS256 in every version.
  const { serviceAccountKey: key, serviceAccountPublicKey: publicKey } = certificateFiles
  await openssl(['genrsa', '-out', key, '2048'])
  await openssl(['rsa', '-in', key, '-pubout', '-out', publicKey])
}

async function makeAuthority(name: Authority): Promise<void> {
  const subject = `/CN=tierseal lab ${name} authority`
  await openssl([
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '7', '-subj', subject, '-addext', 'basicConstraints=critical,CA:TRUE'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ...['-keyout', labPath('pki', `${name}-ca.key`), '-out', labPath('pki', `${name}-ca.pem`)],
  ])
}

async function issue({ name, by, group, cn = name }: (typeof identities)[number]): Promise<void> {
  const { certificate, key } = identityOf(name)
  const extensions = labPath('pki', `${name}.ext`)
  writeFileSync(extensions, extensionsText)
  const organisation = group === undefined ? '' : `/O=${group}`
  const request = `${key}.csr`
  await openssl([
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', `${organisation}/CN=${cn}`, '-keyout', key, '-out', request],
  ])
  await openssl([
    ...['x509', '-req', '-in', request, '-days', '7', '-extfile', extensions, '-out', certificate],
    ...['-CA', labPath('pki', `${by}-ca.pem`), '-CAkey', labPath('pki', `${by}-ca.key`)],
    // Random, because identities are issued side by side.
    ...['-set_serial', `0x${randomBytes(16).toString('hex')}`],
  ])
}

const extensionsText = `subjectAltName=IP:${nodeAddress},IP:127.0.0.1,IP:198.18.0.1,DNS:localhost,DNS:kubernetes.default.svc
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
`

async function openssl(args: readonly string[]): Promise<void> {
  await command('openssl', args)
}
