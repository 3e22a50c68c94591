import { kubectl, type Manifest, tryKubectl, waitUntil } from '@tierseal/test-kit/lab'

/** The namespace of the dev tier's workloads. */
export const appsNamespace = 'apps-dev'

/** What became of a pod that was put to the API server. */
export interface Admission {
  readonly admitted: boolean
  /** Everything that the API server said. */
  readonly said: string
}

/** A pod with one container, and whatever else the case needs in its spec. */
export function podWith(name: string, image: string, spec: object = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: appsNamespace },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image }],
      ...spec,
    },
  }
}

/** Puts a pod to the API server for real, and removes it again. */
export async function admit(pod: Manifest): Promise<Admission> {
  const { exitCode, stdout, stderr } = await tryKubectl(['create', '-f', '-'], JSON.stringify(pod))
  if (exitCode === 0) await kubectl(['delete', '-f', '-', '--wait=false'], JSON.stringify(pod))
  return { admitted: exitCode === 0, said: `${stdout}${stderr}` }
}

/** Waits until a pod of the tier is in a phase, such as `Running`. */
export async function waitForPhase(pod: string, wanted: string): Promise<void> {
  const path = ['-n', appsNamespace, 'get', 'pod', pod, '-o', 'jsonpath={.status.phase}']
  const isIt = async () => (await tryKubectl(path)).stdout === wanted
  await waitUntil(`${pod} to be ${wanted}`, isIt, { timeoutMs: 60_000 })
}
