import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { command, readEgress, setGateway } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runJob } from './support/run-job.ts'
import { makeServiceRepositories } from './support/service.ts'
import { type LabSite, usePolicies, useSite } from './support/site.ts'

let site: LabSite
const seconds = new Map<string, number>()

beforeAll(async () => {
  site = await useSite()
  await usePolicies(site)
  await makeServiceRepositories(site.state)
})
afterAll(async () => {
  await setGateway('none')
  console.log('chain, in seconds:', Object.fromEntries(seconds))
})

describe.each(['none', 'drop'] as const)('with a way out of kind "%s"', (gateway) => {
  beforeAll(() => setGateway(gateway))

  it('the chain ends well, and nothing tries to leave', async () => {
    const before = await readEgress()
    const run = await runJob(site, gateway)
    expect(run.status, run.log.slice(-4000)).toBe('success')
    expect(await readEgress()).toEqual(before)
    seconds.set(gateway, run.seconds)
  })
})

describe('both kinds of air gap', () => {
  // A call that hangs at a dropping gateway costs ten seconds at the least, and often minutes.
  it('take about the same time', () => {
    const [none = 0, drop = 0] = [seconds.get('none'), seconds.get('drop')]
    expect(Math.abs(drop - none)).toBeLessThan(15)
  })
})

describe('the counter itself, in a namespace of its own', () => {
  it('sees a connect without a route, and a question to a name server that has one', async () => {
    const script = fileURLToPath(new URL('support/count-attempts.ts', import.meta.url))
    const args = ['--net', process.execPath, '--conditions=source', script]
    // Programs of the lab see no home; this one has to find the tools.
    const env = { XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache') }
    const seen: unknown = JSON.parse(await command('unshare', args, { env }))
    expect(seen).toEqual({
      silence: { withoutRoute: 0, swallowed: 0, names: 0 },
      connected: { withoutRoute: 1, swallowed: 0, names: 0 },
      asked: { withoutRoute: 1, swallowed: 0, names: 1 },
    })
  })
})

// Last, because the counter is never reset.
describe('the counter', () => {
  it('read zero until here', async () => {
    expect(await readEgress()).toEqual({ withoutRoute: 0, swallowed: 0, names: 0 })
  })
})
