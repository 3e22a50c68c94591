import { log, readState, saveState } from '@tierseal/action-kit'
import type { KubernetesSettings } from './kubernetes-settings.ts'

const stateName = 'pods'

type Connection = Pick<KubernetesSettings, 'kubectlPath' | 'kubeconfig' | 'namespace'>

const remembered: string[] = []

/** Notes a pod and how to reach its cluster, before the pod exists. */
export function rememberPod(
  name: string,
  { kubectlPath, kubeconfig, namespace }: Connection,
): void {
  remembered.push(name)
  saveState(stateName, JSON.stringify({ names: remembered, kubectlPath, kubeconfig, namespace }))
}

/** Deletes the pods that main noted; after a build that ended by itself they are gone already. */
export async function removeRememberedPods(): Promise<void> {
  const text = readState(stateName)
  if (text === undefined) return
  const { names, ...connection }: Connection & { names: string[] } = JSON.parse(text)
  const { KubernetesApi } = await import(/* webpackMode: "eager" */ './kubernetes-api.ts')
  const api = await KubernetesApi.find(connection)
  for (const name of names) {
    if (!(await api.remove(name)))
      log.warning(`pod ${name} could not be deleted; its deadline ends it`)
  }
}
