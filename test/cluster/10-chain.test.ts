import { builderOf, kubectl, readEgress } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyArgocd, waitForPod, waitForSync } from './support/argocd.ts'
import { pushFiles } from './support/forge.ts'
import { lacksNode } from './support/lab.ts'
import { readPinned } from './support/pinned.ts'
import { appsNamespace } from './support/pods.ts'
import { startRunner, stopRunner } from './support/runner.ts'
import { type Run, runAgain, waitForRun } from './support/runs.ts'
import { makeServiceRepositories, serviceFiles, serviceRepository } from './support/service.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

let site: LabSite
/** The commit of the first push. */
let first: string

beforeAll(async () => {
  site = await useSite()
  await usePolicies(site)
  await makeServiceRepositories(site.state)
  await applyArgocd()
  await startRunner(site.state, 'dev')
})
afterAll(() => stopRunner(site.state, 'dev'))

describe('a push to the service', () => {
  let run: Run & { readonly log: string }
  let digest: string
  let pushed: number

  it('runs the generated workflow to its end', async () => {
    pushed = performance.now()
    const files = serviceFiles(`first ${Date.now()}`)
    first = await pushFiles(site.state, serviceRepository, 'develop', files)
    run = await waitForRun(site.state, serviceRepository, first, 'dev')
    expect(run.status, run.log.slice(-6000)).toBe('success')
  })

  it('pins the digest that was built, in a commit of the GitOps repository', async () => {
    digest = await syncedDigest()
    expect(run.log).toContain(digest)
  })

  it.skipIf(lacksNode())('ends as a running pod of that digest', async () => {
    expect(await waitForPod(digest)).toHaveLength(1)
    console.log(`push to running pod: ${((performance.now() - pushed) / 1000).toFixed(1)} s`)
  })

  it('shows no key, password or token in the log of the job', () => {
    expect(run.log).not.toMatch(/PRIVATE KEY|hvs\.[A-Za-z0-9]/)
    for (const secret of [site.keys.dev.password, builderOf('dev').password]) {
      expect(run.log).not.toContain(secret)
    }
  })
})

describe('a second push', () => {
  it('replaces the first, because the history of the source says that it is newer', async () => {
    const before = await runningDigest()
    const files = serviceFiles(`second ${Date.now()}`)
    const commit = await pushFiles(site.state, serviceRepository, 'develop', files)
    const run = await waitForRun(site.state, serviceRepository, commit, 'dev')
    expect(run.status, run.log.slice(-6000)).toBe('success')
    const after = await syncedDigest()
    expect(after).not.toBe(before)
    expect(await runningDigest()).toBe(after)
  })

  it.skipIf(lacksNode())('runs as a pod of the new image', async () => {
    expect(await waitForPod(await runningDigest())).toHaveLength(1)
  })
})

describe('the job of the first push, run again after the second', () => {
  it('ends well, overtaken: the forge told it of the newer commit, by the token of the job', async () => {
    const before = await syncedDigest()
    const run = await runAgain(site.state, serviceRepository, first, 'dev')
    expect(run.status, run.log.slice(-6000)).toBe('success')
    expect(run.log).toContain(`stays at ${before}: it was built from a newer commit`)
    expect(await syncedDigest()).toBe(before)
  })
})

describe.skipIf(lacksNode())('the running service', () => {
  it('comes back, verified again, after its pod is deleted', async () => {
    const digest = await runningDigest()
    await kubectl(['-n', appsNamespace, 'delete', 'pod', '-l', 'app=shop', '--wait=true'])
    expect(await waitForPod(digest)).toHaveLength(1)
  })
})

describe('the network', () => {
  it('was never left', async () => {
    expect(await readEgress()).toEqual({ withoutRoute: 0, swallowed: 0, names: 0 })
  })
})

// What the GitOps repository names, once Argo CD has synced it.
async function syncedDigest(): Promise<string> {
  const { commit, digest } = await readPinned(site.state)
  await waitForSync(commit)
  return digest
}

async function runningDigest(): Promise<string> {
  const path = 'jsonpath={.spec.template.spec.containers[0].image}'
  const image = await kubectl(['-n', appsNamespace, 'get', 'deployment', 'shop', '-o', path])
  return image.split('@')[1] ?? ''
}
