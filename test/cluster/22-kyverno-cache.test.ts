import {
  crane,
  hostOf,
  kubectl,
  restartPart,
  startKyverno,
  stopDaemon,
  waitUntil,
} from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { moveTag, pushImage } from './support/images.ts'
import { type Admission, admit, podWith } from './support/pods.ts'
import { clusterPolicyRefusal, unsignedRefusal } from './support/refusals.ts'
import { signatureOf, signImage } from './support/sign.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

let site: LabSite
let unsigned: string

beforeAll(async () => {
  site = await useSite()
  unsigned = await pushImage('dev/cache', 'unsigned')
  await restartKyverno({ cache: true })
})
afterAll(() => restartKyverno({ cache: false }))

// The controller as its chart starts it: whoever forgot the flag that the generated policies ask for.
describe('with the cache of Kyverno left on, a ClusterPolicy as generated', () => {
  beforeAll(() => usePolicies(site, { kyverno: '1.18', format: 'legacy' }))

  it('refuses a tag that moved after it was verified: what the tag names now is verified again', async () => {
    const { tag, before, after } = await admitAndMove('as-generated', 'legacy')
    expect(before.said).toContain('created')
    expect(after.admitted).toBe(false)
    expect(after.said).toContain(clusterPolicyRefusal(tag, 'no signatures found'))
  })

  it('refuses an image whose signature was removed after it was verified', async () => {
    const { image, after } = await admitAndRobSignature('cluster-policy', 'legacy')
    expect(after.admitted).toBe(false)
    expect(after.said).toContain(clusterPolicyRefusal(image, 'no signatures found'))
  })

  // What the line `useCache: false` is worth, and proof that the cache is on: Kyverno's default lets the moved tag in.
  it('would admit the moved tag, had somebody taken its line useCache: false away', async () => {
    const path = '/spec/rules/0/verifyImages/0/useCache'
    const edit = JSON.stringify([{ op: 'remove', path }])
    await kubectl(['patch', 'clusterpolicy', 'tierseal-dev-images', '--type=json', '-p', edit])
    let attempt = 0
    const admitted = async (): Promise<boolean> =>
      (await admitAndMove(`edited-${attempt++}`, 'legacy')).after.admitted
    // Kyverno hears of the edit some time after the API server has it.
    await waitUntil('the moved tag to be admitted', admitted, { timeoutMs: 60_000 })
  })
})

describe('with the cache of Kyverno left on, an ImageValidatingPolicy as generated', () => {
  beforeAll(() => usePolicies(site))

  it('refuses a tag that moved after it was verified: it judges the digest', async () => {
    const { before, after } = await admitAndMove('image-policy', 'bundle')
    expect(before.said).toContain('created')
    expect(after.admitted).toBe(false)
    expect(after.said).toContain(unsignedRefusal)
  })

  // No policy of this kind can turn the cache off (decision 0072): the flag of the controller is the guard.
  it('still admits an image whose signature was removed, which is documented', async () => {
    const { after } = await admitAndRobSignature('image-policy', 'bundle')
    expect(after).toMatchObject({ admitted: true })
  })
})

interface BeforeAndAfter {
  readonly image: string
  readonly tag: string
  readonly before: Admission
  readonly after: Admission
}

async function admitAndMove(name: string, format: 'legacy' | 'bundle'): Promise<BeforeAndAfter> {
  const tag = `${hostOf('registry')}/dev/cache:${name}`
  const image = await signedImage(name, format)
  const before = await admit(podWith('before', tag))
  await moveTag('dev/cache', name, unsigned)
  return { image, tag, before, after: await admit(podWith('after', tag)) }
}

async function admitAndRobSignature(
  name: string,
  format: 'legacy' | 'bundle',
): Promise<BeforeAndAfter> {
  const image = await signedImage(`${name}-robbed`, format)
  const before = await admit(podWith('before', image))
  expect(before).toMatchObject({ admitted: true })
  await crane(['delete', `${signatureOf(image)}${format === 'legacy' ? '.sig' : ''}`])
  return { image, tag: image, before, after: await admit(podWith('after', image)) }
}

async function signedImage(name: string, format: 'legacy' | 'bundle'): Promise<string> {
  const image = await pushImage('dev/cache', name)
  await signImage(image, site.keys.dev, format)
  return image
}

async function restartKyverno(settings: { readonly cache: boolean }): Promise<void> {
  await stopDaemon(site.state, 'kyverno', 20_000)
  startKyverno(site.state, settings)
  await restartPart(site.state, 'kyverno')
}
