import { crane, tryVault, unseal, vaultRequest, waitUntil } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHeldJob } from './support/held-job.ts'
import { builtImage, type Pinned, readPinned } from './support/pinned.ts'
import { type JobEnd, runJobAgain } from './support/run-job.ts'
import { makeServiceRepositories } from './support/service.ts'
import { signatureOf } from './support/sign.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

let site: LabSite

beforeAll(async () => {
  site = await useSite()
  await usePolicies(site)
  await makeServiceRepositories(site.state)
})
afterAll(() => unsealAndWait())

const moments = [
  ['between the build and the fetch', '3 fetch'],
  ['when the key is wrapped and not yet unwrapped', '4 sign'],
] as const

describe.each(moments)('Vault sealed in mid-run, %s', (_moment, step) => {
  let run: JobEnd
  let before: Pinned
  beforeAll(async () => {
    before = await readPinned(site.state)
    run = await runHeldJob(site, `sealed before ${step}`, step, async () => {
      await vaultRequest(site.state, 'PUT', 'sys/seal')
    })
  })

  it('fails the job at that step, and the message says that Vault is sealed', () => {
    expect(run.status, run.log.slice(-4000)).toBe('failure')
    expect(run.log).toMatch(/::error::VAULT_SEALED: .*sealed/i)
    expect(run.log).toContain(`Failure - Main ${step}`)
  })

  it('leaves the image that was built without a signature and without a pin', async () => {
    const signature = crane(['digest', signatureOf(await builtImage(run.sha))])
    await expect(signature).rejects.toThrow(/MANIFEST_UNKNOWN|NOT_FOUND/i)
    expect(await readPinned(site.state)).toEqual(before)
  })

  it('lets the same job sign and pin when it is run again after Vault was unsealed', async () => {
    await unsealAndWait()
    const again = await runJobAgain(site, run)
    expect(again.status, again.log.slice(-4000)).toBe('success')
    const image = await builtImage(run.sha)
    expect(await crane(['digest', signatureOf(image)])).toMatch(/^sha256:/)
    expect(image).toContain((await readPinned(site.state)).digest)
  })
})

async function unsealAndWait(): Promise<void> {
  await unseal(site.state)
  const healthy = async () => (await tryVault(site.state, 'GET', 'sys/health')).status === 200
  await waitUntil('Vault to be active again', healthy, { timeoutMs: 30_000 })
}
