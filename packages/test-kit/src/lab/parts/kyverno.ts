import { askHttps } from '../ask-https.ts'
import { certificateFiles } from '../certificates.ts'
import { startDaemon } from '../daemon.ts'
import { kubeconfigOf } from '../kubeconfig.ts'
import { apply, kubectl } from '../kubectl.ts'
import { hostOf, labPath, ports } from '../layout.ts'
import type { Part } from '../part.ts'
import { program } from '../programs.ts'
import { siteAccount } from '../site-account.ts'
import { type LabState, writeState } from '../state.ts'

const address = `127.0.0.1:${ports.kyverno}`
const pullSecret = 'registry-credentials'

/** Kyverno's definitions, and the account with which it reads signatures. */
export const kyvernoSetup: Part = {
  name: 'kyverno-set-up',
  after: ['kube-apiserver'],
  async start(state) {
    if (state.done['kyverno'] !== undefined) return
    const crds = labPath('assets', 'kyverno', 'crds')
    const folders = ['kyverno', 'policies.kyverno.io', 'policyreport', 'reports']
    const files = folders.flatMap((name) => ['-f', `${crds}/${name}`])
    // Not validated by kubectl, which would first fetch the schema of every kind there is.
    await kubectl(['apply', '--server-side', '--validate=false', ...files])
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kyverno' } })
    await apply(pullSecretManifest())
    state.done['kyverno'] = 'applied'
    writeState(state)
  },
  ready: async (state) => state.done['kyverno'] !== undefined,
}

/** Kyverno's admission controller, reached by the API server at a URL (DEVELOPMENT.md of Kyverno). */
export const kyverno: Part = {
  name: 'kyverno',
  after: ['kyverno-set-up'],
  daemons: ['kyverno'],
  timeoutMs: 90_000,
  start: (state) => startKyverno(state, { cache: false }),
  async ready() {
    const url = `https://${address}/health/readiness`
    return (await askHttps(url, { anyCertificate: true })).status === 200
  },
}

/**
 * Starts the admission controller, unless it already runs; it answers some seconds later.
 *
 * @param cache whether it remembers what it verified, as Kyverno does where nobody says otherwise (decision 0072)
 */
export function startKyverno(state: LabState, { cache }: { readonly cache: boolean }): void {
  const account = 'system:serviceaccount:kyverno:kyverno'
  const secretPrefix = 'kyverno-svc.kyverno.svc.kyverno-tls'
  const args = [
    `--kubeconfig=${kubeconfigOf('kyverno')}`,
    `--serverIP=${address}`,
    '--webhookServerHost=127.0.0.1',
    `--webhookServerPort=${ports.kyverno}`,
    `--caSecretName=${secretPrefix}-ca`,
    `--tlsSecretName=${secretPrefix}-pair`,
    `--backgroundServiceAccountName=${account}-background-controller`,
    `--reportsServiceAccountName=${account}-reports-controller`,
    `--imagePullSecrets=kyverno/${pullSecret}`,
    ...(cache ? [] : ['--imageVerifyCacheEnabled=false']),
    '--disableMetrics=true',
    '--controllerRuntimeMetricsAddress=0',
    '--admissionReports=false',
    // Once it has lost its lease it serves no webhook again, and no kubelet is here to start it anew; by its default it
    // loses it while the API server is away for 10 s. Five times this is what it waits.
    '--leaderElectionRetryPeriod=6s',
  ]
  startDaemon(state, 'kyverno', program('kyverno-controller'), args, { env: kyvernoEnvironment() })
}

function kyvernoEnvironment(): Record<string, string> {
  return {
    HOME: labPath('kyverno'),
    KYVERNO_NAMESPACE: 'kyverno',
    KYVERNO_SVC: 'kyverno-svc',
    KYVERNO_POD_NAME: 'lab-0',
    KYVERNO_DEPLOYMENT: 'kyverno-admission-controller',
    KYVERNO_SERVICEACCOUNT_NAME: 'kyverno-admission-controller',
    KYVERNO_ROLE_NAME: 'kyverno:admission-controller',
    INIT_CONFIG: 'kyverno',
    METRICS_CONFIG: 'kyverno-metrics',
    // Kyverno has no option for a registry's authority; Go reads this one.
    SSL_CERT_FILE: certificateFiles.siteCa,
  }
}

function pullSecretManifest(): Record<string, unknown> {
  const { puller, pullerPassword } = siteAccount
  const auth = Buffer.from(`${puller}:${pullerPassword()}`).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: { name: pullSecret, namespace: 'kyverno' },
    stringData: {
      '.dockerconfigjson': JSON.stringify({ auths: { [hostOf('registry')]: { auth } } }),
    },
  }
}
