import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  apply,
  baseImage,
  builderOf,
  hostOf,
  kubectl,
  siteCa,
  watchKubectl,
} from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyArgocd, waitForPod, waitForSync } from './support/argocd.ts'
import { pushPlainBuilderImage } from './support/builder-image.ts'
import { siteDirectory } from './support/generate.ts'
import { builtImage, readPinned } from './support/pinned.ts'
import { type JobEnd, runJob } from './support/run-job.ts'
import { jobLog } from './support/runs.ts'
import { makeServiceRepositories, serviceRepository } from './support/service.ts'
import { type LabSite, useSite, useVariant } from './support/site.ts'

const namespace = 'builds-dev'
let site: LabSite

beforeAll(async () => {
  site = await useSite()
  const image = await pushPlainBuilderImage()
  const asked =
    'requests: { cpu: 50m }, limits: { memory: 512Mi }, nodeSelector: { lab.test/builds: "yes" }'
  const build = `{ executor: kubernetes, image: "${image}", serviceAccount: builder, ${asked} }`
  await useVariant(site, { build })
  await kubectl(['label', 'node', 'lab-node', 'lab.test/builds=yes', '--overwrite'])
  await setUpBuilds()
  await makeServiceRepositories(site.state)
  await applyArgocd()
})
afterAll(async () => {
  await useVariant(site)
  await kubectl(['delete', 'namespace', namespace, '--wait=false'])
})

describe('the generated workflow of a tier with executor kubernetes, run by a push', () => {
  let run: JobEnd
  let pod: string
  beforeAll(async () => {
    const seen = watchBuildPod()
    seen.catch(() => undefined)
    run = await runJob(site, 'build pods', { buildPods: true, files: { Dockerfile: dockerfile } })
    expect(run.status, run.log.slice(-6000)).toBe('success')
    pod = await seen
  })

  it('builds in a pod of the namespace that was generated for it, and ends well', async () => {
    const log = await jobLog(site.state, serviceRepository, run.sha)
    expect(log).toMatch(/engine: kaniko .*, executor kubernetes$/m)
    expect(log).toContain(`pod ${pod.split(' ')[0]} is created`)
  })

  it('gives that pod what tiers.yaml says', () => {
    expect(pod).toMatch(/^tierseal-build-\w+ builder \{"lab\.test\/builds":"yes"\} /)
    expect(pod).toContain('{"limits":{"memory":"512Mi"},"requests":{"cpu":"50m","memory":"512Mi"}}')
  })

  it('ends as a running pod of the image that was built', async () => {
    const { commit, digest } = await readPinned(site.state)
    expect(await builtImage(run.sha)).toContain(digest)
    await waitForSync(commit)
    expect(await waitForPod(digest)).toHaveLength(1)
  })

  it('leaves no pod of a build', async () => {
    const pods = await kubectl(['-n', namespace, 'get', 'pods', '-o', 'name'])
    expect(pods).toBe('')
  })
})

const dockerfile = `FROM ${baseImage}
COPY note.txt /note.txt
CMD ["/bin/sleep", "100000"]
`

// The namespace and the rights as they were generated; the objects that the owner of the site puts beside them.
async function setUpBuilds(): Promise<void> {
  const file = join(siteDirectory, 'platform', 'dev', 'kubernetes', 'build-pods.yaml')
  await kubectl(['apply', '--server-side', '-f', file])
  const { name, password } = builderOf('dev')
  const auth = Buffer.from(`${name}:${password}`).toString('base64')
  const docker = JSON.stringify({ auths: { [hostOf('registry')]: { auth } } })
  await apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'builder', namespace } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { name: 'registry-push', namespace },
      stringData: { '.dockerconfigjson': docker },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'registry-ca', namespace },
      data: { 'ca.crt': readFileSync(siteCa, 'utf8') },
    },
  )
}

async function watchBuildPod(): Promise<string> {
  const row =
    '{.metadata.name} {.spec.serviceAccountName} {.spec.nodeSelector} {.spec.containers[0].resources}{"\\n"}'
  let pod = ''
  const query = ['-n', namespace, 'get', 'pods', '-o', `jsonpath=${row}`]
  await watchKubectl(
    query,
    (line) => {
      if (line.startsWith('tierseal-build-')) pod = line
      return pod !== ''
    },
    300_000,
  )
  return pod
}
