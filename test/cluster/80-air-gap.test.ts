import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { command, type Egress, gateways, readEgress, setGateway } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyArgocd, waitForPod, waitForSync } from './support/argocd.ts'
import { lacksNode } from './support/lab.ts'
import { type Pinned, readPinned } from './support/pinned.ts'
import { runJob } from './support/run-job.ts'
import { makeServiceRepositories } from './support/service.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

let site: LabSite
/** From the push to the pod, by the way out. */
const seconds = new Map<string, number>()

beforeAll(async () => {
  site = await useSite()
  await usePolicies(site)
  await makeServiceRepositories(site.state)
  await applyArgocd()
})
afterAll(async () => {
  await setGateway('none')
  console.log('chain, in seconds:', Object.fromEntries(seconds))
})

// `open` is the network to compare with: every address in the world answers, and at once.
describe.each(gateways)('with a way out of kind "%s"', (gateway) => {
  let before: Egress
  let begin: number
  let pinned: Pinned
  const note = (): unknown => seconds.set(gateway, (performance.now() - begin) / 1000)
  beforeAll(async () => {
    await setGateway(gateway)
    before = await readEgress()
  })

  it('a push is built, signed, pinned and synced', async () => {
    begin = performance.now()
    const run = await runJob(site, gateway)
    expect(run.status, run.log.slice(-4000)).toBe('success')
    pinned = await readPinned(site.state)
    await waitForSync(pinned.commit)
    note()
  })

  it.skipIf(lacksNode())('and ends as an admitted pod', async () => {
    expect(await waitForPod(pinned.digest)).toHaveLength(1)
    note()
  })

  it('and nothing has tried to leave', async () => {
    expect(await readEgress()).toEqual(before)
  })
})

describe.each(['none', 'drop'])('without a network, kind "%s"', (gateway) => {
  // A call that hangs at a dropping gateway costs ten seconds at the least, and often minutes.
  it('the chain takes about the same time as with one', () => {
    const [offline = Number.NaN, online = Number.NaN] = [seconds.get(gateway), seconds.get('open')]
    expect(offline - online).toBeLessThan(15)
  })
})

describe('the counter itself, in a namespace of its own', () => {
  it('sees connects and questions, of processes and of pods, with each way out', async () => {
    const script = fileURLToPath(new URL('support/count-attempts.ts', import.meta.url))
    const args = ['--net', process.execPath, '--conditions=source', script]
    // Programs of the lab see no home; this one has to find the tools.
    const env = { XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache') }
    const seen: unknown = JSON.parse(await command('unshare', args, { env }))
    expect(seen).toEqual({
      silence: { withoutRoute: 0, swallowed: 0, names: 0 },
      connected: { withoutRoute: 1, swallowed: 0, names: 0 },
      asked: { withoutRoute: 1, swallowed: 0, names: 1 },
      'pod connected': { withoutRoute: 2, swallowed: 0, names: 1 },
      'pod asked': { withoutRoute: 2, swallowed: 0, names: 2 },
      'gateway drop': { withoutRoute: 2, swallowed: 1, names: 2 },
      'gateway drop, pod': { withoutRoute: 2, swallowed: 2, names: 2 },
      // The refusal that comes back has a foreign address, too.
      'gateway open': { withoutRoute: 2, swallowed: 4, names: 2 },
    })
  })
})

// Last, because the counter is never reset.
describe('the counter', () => {
  it('read zero until here', async () => {
    expect(await readEgress()).toEqual({ withoutRoute: 0, swallowed: 0, names: 0 })
  })
})
