import {
  bringUp,
  hostOf,
  isRunning,
  kubectl,
  restartPart,
  stopDaemon,
  tryKubectl,
  waitUntil,
} from '@tierseal/test-kit/lab'
import { beforeAll, describe, expect, it } from 'vitest'
import { gitea } from './support/forge.ts'
import { pushImage } from './support/images.ts'
import { lacksNode } from './support/lab.ts'
import { admit, appsNamespace, podWith, waitForPhase } from './support/pods.ts'
import { runJob } from './support/run-job.ts'
import { gitopsRepository, makeServiceRepositories } from './support/service.ts'
import { signImage } from './support/sign.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

let site: LabSite
let signed: string

beforeAll(async () => {
  site = await useSite()
  await usePolicies(site)
  await makeServiceRepositories(site.state)
  signed = await pushImage('dev/shop', 'outage')
  await signImage(signed, site.keys.dev)
})

describe('while Kyverno is down', () => {
  it('nothing is admitted, and as soon as it is back a signed image is', async () => {
    await stopDaemon(site.state, 'kyverno', 20_000)
    const { admitted, said } = await admit(podWith('fail-closed', signed))
    await restartPart(site.state, 'kyverno')
    expect(admitted).toBe(false)
    expect(said).toMatch(
      /failed calling webhook "[^"]*kyverno\.svc-fail[^"]*": .*connection refused/,
    )
    await waitUntil(
      'Kyverno to admit again',
      async () => (await admit(podWith('back', signed))).admitted,
      {
        timeoutMs: 60_000,
        everyMs: 1000,
      },
    )
  })
})

describe('admission that is opened in an emergency, as docs/runbooks/admission-down.md has it', () => {
  const managed = ['-l', 'webhook.kyverno.io/managed-by=kyverno']
  const webhooks = 'validatingwebhookconfigurations,mutatingwebhookconfigurations'
  let unsigned: string
  beforeAll(async () => {
    unsigned = await pushImage('dev/shop', 'emergency')
    await stopDaemon(site.state, 'kyverno', 20_000)
    await kubectl(['delete', webhooks, ...managed])
  })

  it('lets an unsigned image in, and still none from outside the path of the tier', async () => {
    expect(await admit(podWith('opened', unsigned))).toMatchObject({ admitted: true })
    const foreign = `elsewhere.invalid/app@sha256:${'0'.repeat(64)}`
    const { admitted, said } = await admit(podWith('foreign', foreign))
    expect(admitted).toBe(false)
    expect(said).toContain('runs images below')
  })

  it('is closed by Kyverno itself when it is back', async () => {
    await restartPart(site.state, 'kyverno')
    const isClosed = async () => !(await admit(podWith('closed', unsigned))).admitted
    await waitUntil('an unsigned image to be refused', isClosed, { timeoutMs: 60_000 })
    const { admitted, said } = await admit(podWith('signed', signed))
    expect(admitted, said).toBe(true)
  })
})

describe('while the registry is down', () => {
  it('a signed image is refused, and the message says that the registry did not answer', async () => {
    await stopDaemon(site.state, 'registry')
    const { admitted, said } = await admit(podWith('no-registry', signed))
    await restartPart(site.state, 'registry')
    expect(admitted).toBe(false)
    const host = hostOf('registry')
    expect(said).toContain(
      `failed to evaluate policy: Get "https://${host}/v2/": dial tcp ${host}: connect: connection refused`,
    )
    expect(await admit(podWith('registry-back', signed))).toMatchObject({ admitted: true })
  })
})

describe('a forge that refuses the push', () => {
  it('fails the job at the pin, which names the refusal, and leaves the branch as it was', async () => {
    const branch = `repos/${gitopsRepository}/branches/main`
    const before = JSON.stringify(await gitea(site.state, 'GET', branch))
    const rule = { rule_name: 'main', enable_push: false }
    await gitea(site.state, 'POST', `repos/${gitopsRepository}/branch_protections`, rule)
    const run = await runJob(site, 'protected')
    await gitea(site.state, 'DELETE', `repos/${gitopsRepository}/branch_protections/main`)
    expect(run.status).toBe('failure')
    expect(run.log).toMatch(/Success - Main 4 sign/)
    expect(run.log).toMatch(
      /::error::PIN_PUSH_REFUSED: .*Not allowed to push to protected branch main/,
    )
    const commitOf = (text: string): string => /"id":"([0-9a-f]{40})"/.exec(text)?.[1] ?? ''
    const after = JSON.stringify(await gitea(site.state, 'GET', branch))
    expect(commitOf(after)).toBe(commitOf(before))
  })
})

describe.skipIf(lacksNode())('the API server', () => {
  it('comes back after a restart with everything as it was', async () => {
    await tryKubectl(['-n', appsNamespace, 'delete', 'pod', 'survivor', '--ignore-not-found'])
    await kubectl(['create', '-f', '-'], JSON.stringify(podWith('survivor', signed)))
    await waitForPhase('survivor', 'Running')
    await stopDaemon(site.state, 'kube-apiserver')
    expect(isRunning(site.state, 'kube-apiserver')).toBe(false)
    await restartPart(site.state, 'kube-apiserver')
    await waitForPhase('survivor', 'Running')
    // Controllers that lose their lease end themselves, some seconds later; in a cluster its kubelet starts
    // them again.
    const { vaultFlavour } = site.state
    await waitUntil(
      'admission to work',
      async () => {
        await bringUp({ vaultFlavour, progress: () => undefined })
        return (await admit(podWith('after', signed))).admitted
      },
      { timeoutMs: 90_000, everyMs: 1000 },
    )
    expect(
      await admit(podWith('unsigned', await pushImage('dev/shop', 'unsigned-after'))),
    ).toMatchObject({ admitted: false })
    await kubectl(['-n', appsNamespace, 'delete', 'pod', 'survivor', '--wait=false'])
  })
})
