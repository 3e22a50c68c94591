import { kubectl, tryKubectl } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pushImage } from './support/images.ts'
import { admit, appsNamespace, podWith } from './support/pods.ts'
import {
  clusterPolicyRefusal,
  foreignRefusal,
  unsignedDebugRefusal,
  unsignedRefusal,
} from './support/refusals.ts'
import { signImage } from './support/sign.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

let site: LabSite
let signed: string
let unsigned: string
/** Signed by the key of the tier, but not from its path. */
let foreign: string

beforeAll(async () => {
  site = await useSite()
  await usePolicies(site)
  signed = await pushImage('dev/several', 'signed')
  await signImage(signed, site.keys.dev)
  unsigned = await pushImage('dev/several', 'unsigned')
  foreign = await pushImage('elsewhere/several', 'signed')
  await signImage(foreign, site.keys.dev)
})

describe('containers beside the main one', () => {
  // Kyverno 1.19.1 itself hangs there, for as long as the API server waits (decision 0123).
  it('are admitted where an image stands in the pod twice and another one after it', async () => {
    const other = await pushImage('dev/several', 'signed-beside')
    await signImage(other, site.keys.dev)
    const containers = [signed, signed, other].map((image, index) => ({ name: `c${index}`, image }))
    const initContainers = [{ name: 'setup', image: other }]
    const pod = podWith('twice', signed, { containers, initContainers })
    expect(await admit(pod)).toMatchObject({ admitted: true })
  })

  it('refuse the pod where an init container is unsigned', async () => {
    const pod = podWith('init', signed, { initContainers: [{ name: 'setup', image: unsigned }] })
    const { admitted, said } = await admit(pod)
    expect(admitted).toBe(false)
    expect(said).toContain(unsignedRefusal)
  })

  it('refuse the pod where a second container is unsigned', async () => {
    const containers = [
      { name: 'main', image: signed },
      { name: 'side', image: unsigned },
    ]
    const { admitted, said } = await admit(podWith('sidecar', signed, { containers }))
    expect(admitted).toBe(false)
    expect(said).toContain(unsignedRefusal)
  })

  it('are refused as ephemeral containers (kubectl debug) where they are unsigned', async () => {
    const said = await debugWith(signed, { signed, unsigned, foreign })
    expect(said.signed).toBe('admitted')
    expect(said.unsigned).toContain(unsignedDebugRefusal)
    expect(said.foreign).toContain(foreignRefusal)
  })
})

describe('a tier of an older Kyverno, with a ClusterPolicy', () => {
  beforeAll(() => usePolicies(site, { kyverno: '1.18', format: 'legacy' }))
  afterAll(() => usePolicies(site))

  it('refuses unsigned ephemeral containers (kubectl debug) too, and says why', async () => {
    const image = await pushImage('dev/several', 'signed-legacy')
    await signImage(image, site.keys.dev, 'legacy')
    const said = await debugWith(image, { signed: image, unsigned, foreign })
    expect(said.signed).toBe('admitted')
    expect(said.unsigned).toContain(clusterPolicyRefusal(unsigned, 'no signatures found'))
    expect(said.foreign).toContain(foreignRefusal)
  })
})

/** What the API server says of each image as an ephemeral container, of a pod of its own each. */
async function debugWith<Names extends string>(
  running: string,
  images: Readonly<Record<Names, string>>,
): Promise<Record<Names, string>>
async function debugWith(
  running: string,
  images: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const inApps = ['-n', appsNamespace]
  const said: Record<string, string> = {}
  for (const [name, image] of Object.entries(images)) {
    const pod = `debugged-${name}`
    await kubectl(['create', '-f', '-'], JSON.stringify(podWith(pod, running)))
    const debug = [...inApps, 'debug', pod, `--image=${image}`, '--', 'true']
    const { exitCode, stderr } = await tryKubectl(debug)
    said[name] = exitCode === 0 ? 'admitted' : stderr
    await kubectl([...inApps, 'delete', 'pod', pod, '--wait=true'])
  }
  return said
}
