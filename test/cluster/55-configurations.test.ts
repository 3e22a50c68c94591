import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pushImage } from './support/images.ts'
import { builtImage, readPinned } from './support/pinned.ts'
import { admit, podWith } from './support/pods.ts'
import { type JobEnd, runJob } from './support/run-job.ts'
import { makeServiceRepositories } from './support/service.ts'
import { formatsOf, signImage } from './support/sign.ts'
import { type LabSite, usePolicies, useSite, useVariant } from './support/site.ts'
import type { SiteVariant } from './support/tiers.ts'

let site: LabSite

beforeAll(async () => {
  site = await useSite()
  // The overlays of the GitOps repository are generated too: of the usual site, whatever the suite before left.
  await usePolicies(site)
  await makeServiceRepositories(site.state)
})
afterAll(() => useVariant(site))

type Configuration = Pick<SiteVariant, 'handover' | 'format' | 'kyverno'>

// Wrapped with bundle, the default, is what suite 10 runs; here is each other handover and format, and each
// kind of policy that can verify it, in as few jobs as that takes.
const configurations: readonly Configuration[] = [
  { handover: 'transit', format: 'bundle', kyverno: '1.19' },
  { handover: 'file', format: 'legacy', kyverno: '1.19' },
  { handover: 'transit', format: 'legacy', kyverno: '1.18' },
  { handover: 'wrapped', format: 'oci-1-1', kyverno: '1.18' },
]

describe.each(configurations)(
  'a tier of handover $handover, format $format and Kyverno $kyverno',
  (configuration) => {
    let run: JobEnd
    let keysBefore: readonly string[]
    beforeAll(async () => {
      await useVariant(site, configuration)
      keysBefore = keyFolders()
      const cosign = configuration.format === 'oci-1-1' ? 'cosign2' : 'cosign3'
      run = await runJob(site, JSON.stringify(configuration), { cosign })
    })

    it('gets a workflow that runs to its end and hands the key over so', () => {
      expect(run.status, run.log.slice(-6000)).toBe('success')
      expect(run.log).toContain(`handed over ${configuration.handover}`)
    })

    it('gets an image that is signed in that form, pinned, and admitted by Kyverno', async () => {
      const image = await builtImage(run.sha)
      expect(await formatsOf(image)).toEqual([configuration.format])
      expect(image).toContain((await readPinned(site.state)).digest)
      const { admitted, said } = await admit(podWith('configured', image))
      expect(admitted, said).toBe(true)
    })

    it('refuses an image that another key signed in the same form', async () => {
      const image = await pushImage('dev/shop', `rogue-${Object.values(configuration).join('-')}`)
      await signImage(image, site.keys.rogue, configuration.format)
      expect(await admit(podWith('rogue', image))).toMatchObject({ admitted: false })
    })

    it('leaves no key behind, neither in the log nor in memory files', () => {
      expect(run.log).not.toMatch(/PRIVATE KEY|hvs\.[A-Za-z0-9]/)
      expect(run.log).not.toContain(site.keys.dev.password)
      expect(keyFolders().filter((name) => !keysBefore.includes(name))).toEqual([])
    })
  },
)

function keyFolders(): readonly string[] {
  return readdirSync('/dev/shm').filter((name) => name.startsWith('tierseal-key-'))
}
