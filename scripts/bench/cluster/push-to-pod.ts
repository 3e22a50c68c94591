import { readFileSync, statSync } from 'node:fs'
import { kubectl, logOf, waitUntil, watchKubectl } from '@tierseal/test-kit/lab'
import { commitFiles, gitea } from '../../../test/cluster/support/forge.ts'
import { appsNamespace } from '../../../test/cluster/support/pods.ts'
import { jobLog, waitForRun } from '../../../test/cluster/support/runs.ts'
import {
  gitopsRepository,
  serviceFiles,
  serviceRepository,
} from '../../../test/cluster/support/service.ts'
import type { LabSite } from '../../../test/cluster/support/site.ts'
import { forgetOwnTime, type OwnTime, readOwnTime } from './own-time.ts'
import { type Stretch, stretchesOf } from './timeline.ts'

const timeoutMs = 120_000

/** One commit on its whole way. */
export interface Way {
  readonly stretches: readonly Stretch[]
  readonly totalMs: number
  readonly own: OwnTime
}

/** Pushes a change of the service and follows it until its pod is ready. */
export async function pushToPod({ state }: LabSite, note: string): Promise<Way> {
  const files = serviceFiles(`${note} ${Date.now()}`)
  const { commit, push } = await commitFiles(state, serviceRepository, 'develop', files)
  forgetOwnTime()
  const logged = statSync(logOf('runner-dev')).size
  const pushedAt = Date.now()
  await push()
  await waitForPin(logged)
  // What a webhook of the forge would say: without one Argo CD looks every few minutes.
  await kubectl(['-n', 'argocd', 'annotate', 'application', 'tierseal-dev', '--overwrite', refresh])
  const pin = JSON.stringify(await gitea(state, 'GET', `repos/${gitopsRepository}/branches/main`))
  const digest = /Image-Digest: (sha256:[0-9a-f]{64})/.exec(pin)?.[1] ?? 'no digest'
  const [syncedAt, runningAt] = await Promise.all([waitForSync(digest), waitForPod(digest)])
  await waitForRun(state, serviceRepository, commit, 'dev')
  const log = await jobLog(state, serviceRepository, commit)
  const stretches = stretchesOf({ pushedAt, log, syncedAt, runningAt })
  return { stretches, totalMs: runningAt - pushedAt, own: readOwnTime() }
}

const apps = ['-n', appsNamespace]
const refresh = 'argocd.argoproj.io/refresh=hard'

// By the runner's own file and not by the forge, so that asking costs nothing.
async function waitForPin(from: number): Promise<void> {
  const seen = await waitUntil(
    'the pin',
    async () => {
      const text = readFileSync(logOf('runner-dev')).subarray(from).toString()
      return /(Success - Main 5 pin|Failure - Main .*)/.exec(text)?.[0]
    },
    { timeoutMs, everyMs: 20 },
  )
  if (seen.startsWith('Failure')) throw new Error(`the job failed: ${seen}`)
}

// The deployment names the image: Argo CD has applied the pin, and Kyverno let it. Asked for as a list, since the
// first push is there before the deployment is.
function waitForSync(digest: string): Promise<number> {
  const row = '{.spec.template.spec.containers[0].image}{"\\n"}'
  const one = '--field-selector=metadata.name=shop'
  const get = [...apps, 'get', 'deployments', one, '-o', `jsonpath=${row}`]
  return watchKubectl(get, (line) => line.endsWith(`@${digest}`), timeoutMs)
}

function waitForPod(digest: string): Promise<number> {
  const row = '{.spec.containers[0].image} {.status.containerStatuses[0].ready}{"\\n"}'
  const get = [...apps, 'get', 'pods', '-l', 'app=shop', '-o', `jsonpath=${row}`]
  return watchKubectl(get, (line) => line.endsWith(`@${digest} true`), timeoutMs)
}
