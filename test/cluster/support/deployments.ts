import { kubectl, type Manifest, waitUntil } from '@tierseal/test-kit/lab'
import { appsNamespace, podWith } from './pods.ts'

/** A deployment of the dev tier: one pod of one container, found by the label `app`. */
export function deploymentOf(name: string, image: string): Manifest {
  const labels = { app: name }
  const { spec } = podWith(name, image)
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: appsNamespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
    },
  }
}

/** Waits until a deployment has so many pods, no more and no fewer, and all of them are ready. */
export async function waitForReady(name: string, count = 1): Promise<void> {
  const counts = 'jsonpath={.status.readyReplicas} {.status.replicas}'
  const query = ['-n', appsNamespace, 'get', 'deployment', name, '-o', counts]
  const isReady = async () => (await kubectl(query)) === `${count} ${count}`
  await waitUntil(`${count} ready pods of ${name}`, isReady, { timeoutMs: 90_000, everyMs: 300 })
}
