import { beforeAll, describe, expect, it } from 'vitest'
import { pushImage } from './support/images.ts'
import { admit, podWith } from './support/pods.ts'
import { signImage } from './support/sign.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'
import type { SiteVariant } from './support/tiers.ts'

let site: LabSite

beforeAll(async () => {
  site = await useSite()
})

type Case = readonly [
  SiteVariant['kyverno'],
  SiteVariant['format'],
  SiteVariant['registry'],
  string,
]

// Every pair that a tiers.yaml can name; the generator refuses the others (facts: kyverno.md 1c).
const cases: readonly Case[] = [
  ['1.19', 'bundle', 'registry', 'ImageValidatingPolicy'],
  ['1.19', 'legacy', 'registry', 'ImageValidatingPolicy'],
  ['1.18', 'legacy', 'registry', 'ClusterPolicy'],
  ['1.18', 'oci-1-1', 'registry', 'ClusterPolicy'],
  ['1.19', 'bundle', 'referrersRegistry', 'ImageValidatingPolicy'],
  ['1.19', 'legacy', 'referrersRegistry', 'ImageValidatingPolicy'],
  ['1.18', 'legacy', 'referrersRegistry', 'ClusterPolicy'],
  ['1.18', 'oci-1-1', 'referrersRegistry', 'ClusterPolicy'],
]

describe.each(cases)('Kyverno %s, format %s, %s (%s)', (kyverno, format, registry) => {
  const path = `dev/kind-${format}`
  let signed: string
  let unsigned: string
  beforeAll(async () => {
    await usePolicies(site, { kyverno, format, registry })
    signed = await pushImage(path, `${kyverno}-signed`, registry)
    unsigned = await pushImage(path, `${kyverno}-unsigned`, registry)
    await signImage(signed, site.keys.dev, format)
  })

  it('admits a signed image', async () => {
    const { admitted, said } = await admit(podWith('signed', signed))
    expect(admitted, said).toBe(true)
  })

  it('refuses an unsigned image', async () => {
    expect(await admit(podWith('unsigned', unsigned))).toMatchObject({ admitted: false })
  })

  it('refuses an image signed by another tier', async () => {
    const image = await pushImage(path, `${kyverno}-prod`, registry)
    await signImage(image, site.keys.prod, format)
    expect(await admit(podWith('other', image))).toMatchObject({ admitted: false })
  })

  it('refuses an unsigned init container', async () => {
    const pod = podWith('init', signed, { initContainers: [{ name: 'setup', image: unsigned }] })
    expect(await admit(pod)).toMatchObject({ admitted: false })
  })
})
