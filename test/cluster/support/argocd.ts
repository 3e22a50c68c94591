import { join } from 'node:path'
import { kubectl, tryKubectl, waitUntil } from '@tierseal/test-kit/lab'
import { siteDirectory } from './generate.ts'
import { appsNamespace } from './pods.ts'

const application = ['-n', 'argocd', 'get', 'application', 'tierseal-dev', '-o']

/** Applies the generated project and application of the dev tier. */
export async function applyArgocd(): Promise<void> {
  const directory = join(siteDirectory, 'platform', 'dev', 'argocd')
  await kubectl(['apply', '--server-side', '-f', directory])
}

/** Has Argo CD look at the repository now, and waits until it has synced a commit. */
export async function waitForSync(commit: string): Promise<void> {
  const annotation = 'argocd.argoproj.io/refresh=hard'
  await kubectl([
    '-n',
    'argocd',
    'annotate',
    'application',
    'tierseal-dev',
    '--overwrite',
    annotation,
  ])
  const path = '{.status.sync.revision} {.status.sync.status} {.status.operationState.phase}'
  let said = ''
  await waitUntil(
    `Argo CD to sync ${commit}`,
    async () => {
      said = await kubectl([...application, `jsonpath=${path}`])
      return said === `${commit} Synced Succeeded`
    },
    { timeoutMs: 90_000, everyMs: 500 },
  ).catch(async (error: unknown) => {
    const { stdout } = await tryKubectl([
      ...application,
      'jsonpath={.status.conditions}{.status.operationState.message}',
    ])
    throw new Error(`Argo CD says ${said}: ${stdout}`, { cause: error })
  })
}

/** Waits until a pod of the service runs an image; gives the names of those that do. */
export function waitForPod(digest: string, count = 1): Promise<readonly string[]> {
  const row =
    '{.metadata.name} {.status.phase} {.status.containerStatuses[0].ready} {.spec.containers[0].image}'
  const query = [
    '-n',
    appsNamespace,
    'get',
    'pods',
    '-l',
    'app=shop',
    '-o',
    `jsonpath={range .items[*]}${row}\n{end}`,
  ]
  return waitUntil(
    `${count} pod(s) with ${digest}`,
    async () => {
      const rows = (await kubectl(query)).trim().split('\n')
      const running = rows.filter(
        (line) => line.includes(' Running true ') && line.endsWith(digest),
      )
      return running.length >= count ? running.map((line) => line.split(' ')[0] ?? '') : false
    },
    { timeoutMs: 90_000, everyMs: 500 },
  )
}
