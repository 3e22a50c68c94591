import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  lacksNamespaces,
  lacksTools,
  pushImage,
  startAirGap,
  startRegistry,
  toolPath,
} from '@tierseal/test-kit'
import { describe, expect, it } from 'vitest'

type Gateway = Parameters<typeof startAirGap>[0]['gateway']

// A program inside of the gap that tries to reach an address and tells what became of it.
async function tryToReach(
  gateway: Gateway,
  address: string,
  timeoutMs = 30_000,
): Promise<[string, number]> {
  await using gap = await startAirGap({ reach: [], gateway })
  const script = `fetch('${address}', { signal: AbortSignal.timeout(${timeoutMs}) })
    .then(() => console.log('reached'), (error) => console.log(error.cause?.code ?? error.name))
    .then(() => process.exit())`
  const [program, ...args] = [...gap.prefix, process.execPath, '-e', script]
  const { stdout } = await promisify(execFile)(program, args)
  return [stdout.trim(), gap.attempts()]
}

describe.skipIf(lacksNamespaces())('the air gap of the tests', () => {
  it('refuses at once where there is no route, and counts the attempt', async () => {
    expect(await tryToReach('no-route', 'http://192.0.2.1/')).toEqual(['ENETUNREACH', 1])
  })

  it('swallows every packet behind the dropping gateway, and counts them', async () => {
    // Nothing but the deadline ends it.
    const [outcome, attempts] = await tryToReach('drop', 'http://192.0.2.1/', 2000)
    expect(outcome).toBe('TimeoutError')
    expect(attempts).toBeGreaterThan(0)
  })

  it('counts a question for a name', async () => {
    const [, attempts] = await tryToReach('no-route', 'http://registry.example/')
    expect(attempts).toBeGreaterThan(0)
  })

  it.skipIf(lacksTools('crane', 'registry'))(
    'leaves the servers of the test within reach, with no attempt to leave',
    async () => {
      await using registry = await startRegistry()
      const digest = await pushImage(registry, 'dev/app', { tag: '1' })
      await using gap = await startAirGap({ reach: [registry.host], gateway: 'drop' })
      const crane = [toolPath('crane'), 'digest', `${registry.host}/dev/app:1`]
      const [program, ...args] = [...gap.prefix, ...crane]
      const env = {
        DOCKER_CONFIG: registry.dockerConfigDirectory,
        SSL_CERT_FILE: registry.caPath,
        PATH: process.env['PATH'],
      }
      const { stdout } = await promisify(execFile)(program, args, { env })
      expect(stdout.trim()).toBe(digest)
      expect(gap.attempts()).toBe(0)
    },
  )
})
