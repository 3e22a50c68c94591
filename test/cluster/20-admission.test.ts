import { hostOf, kubectl, tryKubectl, waitUntil } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { moveTag, pushImage } from './support/images.ts'
import { lacksNode } from './support/lab.ts'
import { admit, appsNamespace, podWith } from './support/pods.ts'
import {
  clusterPolicyRefusal,
  foreignRefusal,
  loggedCause,
  unsignedDebugRefusal,
  unsignedRefusal,
} from './support/refusals.ts'
import { attestImage, signImage } from './support/sign.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

let site: LabSite
let signed: string
let unsigned: string
/** Signed by the key of the tier, but not from its path. */
let foreignImage: string

beforeAll(async () => {
  site = await useSite()
  await usePolicies(site)
  signed = await pushImage('dev/shop', 'signed')
  await signImage(signed, site.keys.dev)
  unsigned = await pushImage('dev/shop', 'unsigned')
  foreignImage = await pushImage('elsewhere/shop', 'signed')
  await signImage(foreignImage, site.keys.dev)
})

describe('a pod with one container', () => {
  it('is admitted where the image is signed by the key of the tier', async () => {
    expect(await admit(podWith('signed', signed))).toMatchObject({ admitted: true })
  })

  it('is refused where the image is unsigned', async () => {
    const { admitted, said } = await admit(podWith('unsigned', unsigned))
    expect(admitted).toBe(false)
    expect(said).toContain(unsignedRefusal)
    expect(loggedCause(unsigned)).toBe('no signatures found')
  })

  it.each([
    ['of another tier', 'prod'],
    ['that nobody knows', 'rogue'],
  ] as const)('is refused where the image is signed by the key %s', async (_whose, key) => {
    const image = await pushImage('dev/shop', `signed-by-${key}`)
    await signImage(image, site.keys[key])
    const { admitted, said } = await admit(podWith('other-key', image))
    expect(admitted).toBe(false)
    expect(said).toContain(unsignedRefusal)
    expect(loggedCause(image)).toContain('accepted signatures do not match threshold')
  })

  it.each(['prod/shop', 'elsewhere/shop', 'development/shop'])(
    'is refused where the image comes from %s, even signed by the key of the tier',
    async (path) => {
      const image = await pushImage(path, 'signed')
      await signImage(image, site.keys.dev)
      const { admitted, said } = await admit(podWith('foreign', image))
      expect(admitted).toBe(false)
      expect(said).toContain(foreignRefusal)
    },
  )

  it('is refused where the image has no registry in its name', async () => {
    const { admitted, said } = await admit(podWith('short', 'busybox:latest'))
    expect(admitted).toBe(false)
    expect(said).toContain(foreignRefusal)
  })
})

describe('a tag', () => {
  it('is pinned to the digest that was verified', async () => {
    await kubectl(
      ['create', '-f', '-'],
      JSON.stringify(podWith('by-tag', `${hostOf('registry')}/dev/shop:signed`)),
    )
    const path = [
      '-n',
      appsNamespace,
      'get',
      'pod',
      'by-tag',
      '-o',
      'jsonpath={.spec.containers[0].image}',
    ]
    const image = await kubectl(path)
    await kubectl(['-n', appsNamespace, 'delete', 'pod', 'by-tag', '--wait=false'])
    expect(image.split('@')[1]).toBe(signed.split('@')[1])
  })

  it('that moved after it was verified is refused', async () => {
    const tag = `${hostOf('registry')}/dev/shop:moves`
    await signImage(await pushImage('dev/shop', 'moves'), site.keys.dev)
    expect(await admit(podWith('before', tag))).toMatchObject({ admitted: true })
    await moveTag('dev/shop', 'moves', unsigned)
    const { admitted, said } = await admit(podWith('after', tag))
    expect(admitted).toBe(false)
    expect(said).toContain(unsignedRefusal)
  })
})

describe('containers beside the main one', () => {
  // Kyverno 1.19.1 itself hangs there, for as long as the API server waits (decision 0123).
  it('are admitted where an image stands in the pod twice and another one after it', async () => {
    const other = await pushImage('dev/shop', 'signed-beside')
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
    const said = await debugWith(signed, { signed, unsigned, foreign: foreignImage })
    expect(said.signed).toBe('admitted')
    expect(said.unsigned).toContain(unsignedDebugRefusal)
    expect(said.foreign).toContain(foreignRefusal)
  })
})

describe('an attestation by the key of the tier, without a signature', () => {
  // Kyverno 1.19.1 takes any bundle of the key for a signature (facts: kyverno.md 1c). The guard is that the
  // key signs nothing but what this chain signs: no policy of a tier lets anything else read it.
  it('is admitted, which is documented', async () => {
    const image = await pushImage('dev/shop', 'attested')
    await attestImage(image, site.keys.dev)
    expect(await admit(podWith('attested', image))).toMatchObject({ admitted: true })
  })
})

describe.skipIf(lacksNode())('an image that runs', () => {
  it('is pulled, by digest, by a real kubelet', async () => {
    await kubectl(['create', '-f', '-'], JSON.stringify(podWith('runs', signed)))
    const path = [
      '-n',
      appsNamespace,
      'get',
      'pod',
      'runs',
      '-o',
      'jsonpath={.status.phase} {.status.containerStatuses[0].imageID}',
    ]
    const said = await waitUntil(
      'the pod to run',
      async () => {
        const text = await kubectl(path)
        return text.startsWith('Running') ? text : false
      },
      { timeoutMs: 60_000 },
    )
    await kubectl(['-n', appsNamespace, 'delete', 'pod', 'runs', '--wait=false'])
    expect(said).toContain(signed.split('@')[1])
  })
})

describe('a tier of an older Kyverno, with a ClusterPolicy', () => {
  beforeAll(() => usePolicies(site, { kyverno: '1.18', format: 'legacy' }))
  afterAll(() => usePolicies(site))

  it('refuses unsigned ephemeral containers (kubectl debug) too, and says why', async () => {
    const image = await pushImage('dev/shop', 'signed-legacy')
    await signImage(image, site.keys.dev, 'legacy')
    const said = await debugWith(image, { signed: image, unsigned, foreign: foreignImage })
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
