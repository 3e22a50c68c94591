import {
  type ActionResult,
  answer,
  breakConnection,
  hang,
  lacksTools,
  loginPage,
  type Reply,
  redirectTo,
  runAction,
  slowly,
  startFaultServer,
  trickle,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, type SignSite, startSignSite } from '../real/sign-site.ts'
import { type Site, startSite } from './vault/site.ts'
import { addTransit, handoverInputs } from './vault/transit.ts'

const lacksParts = lacksSigningTools || lacksTools('openbao')

// They wait more than they work.
const together = { concurrent: true, timeout: 180_000 } as const

describe.skipIf(lacksParts)('cosign-sign, a Vault that misbehaves:', together, () => {
  let vault: Site
  let site: SignSite
  beforeAll(async () => {
    vault = await startSite('openbao')
    await addTransit(vault)
    site = await startSignSite({ referrers: true })
  })
  afterAll(async () => {
    await Promise.all([vault?.[Symbol.asyncDispose](), site?.[Symbol.asyncDispose]()])
  })

  interface Outcome {
    readonly result: ActionResult
    readonly images: readonly string[]
    /** How often the path in trouble was asked. */
    readonly asked: number
    readonly tookMs: number
  }

  /** Fetches a handle, then signs with it through a server that meets the first requests to a path so. */
  async function signThrough(
    kind: keyof typeof handoverInputs,
    part: string,
    reply: Reply,
    { times = Number.POSITIVE_INFINITY, timeoutSeconds = 12, count = 1 } = {},
  ): Promise<Outcome> {
    let asked = 0
    let troubled = false
    await using server = await startFaultServer({
      script: ({ path }) => {
        if (!troubled || !path.endsWith(part)) return undefined
        asked += 1
        return asked <= times ? reply : undefined
      },
      upstream: { url: vault.address, caPem: vault.caPem },
    })
    const fetched = await runAction('vault-fetch-key', {
      inputs: { ...vault.inputs, ...handoverInputs[kind], 'vault-address': server.url },
    })
    const key = fetched.outputs['key'] ?? expect.fail(fetched.log)
    const images = await Promise.all(Array.from({ length: count }, () => site.push()))
    troubled = true
    const startedAt = Date.now()
    const result = await site.sign({
      images: images.join('\n'),
      key,
      password: '',
      'public-key': fetched.outputs['public-key'] ?? '',
      'timeout-seconds': String(timeoutSeconds),
    })
    return { result, images, asked, tookMs: Date.now() - startedAt }
  }

  const denied = (status: number): Reply => answer(status, { errors: ['no'] })

  const requests = [
    ['wrapped', 'sys/wrapping/lookup'],
    ['wrapped', 'sys/wrapping/unwrap'],
    ['transit', 'sys/wrapping/unwrap'],
    ['transit', 'transit/keys/dev'],
    ['transit', 'transit/sign/dev/sha2-256'],
  ] as const

  const refusals = [
    ['401', denied(401), 'VAULT_REFUSED'],
    ['403', denied(403), 'VAULT_DENIED'],
    ['404', denied(404), 'VAULT_REFUSED'],
    ['429', denied(429), 'VAULT_RATE_LIMITED'],
    ['500', denied(500), 'VAULT_UNAVAILABLE'],
    ['503', denied(503), 'VAULT_UNAVAILABLE'],
    ['a redirect', redirectTo('http://127.0.0.1:1/'), 'VAULT_STANDBY'],
    ['a login page', loginPage, 'VAULT_PROTOCOL'],
    ['a broken connection', breakConnection, 'CONNECTION_FAILED'],
    ['one byte after the other', trickle, 'DEADLINE_EXCEEDED'],
  ] as const

  function expectRefusal(outcome: Outcome, code: string): void {
    const { result, tookMs } = outcome
    expect([result.exitCode, result.outputs['signed'] ?? '']).toEqual([1, ''])
    const errors = result.annotations.filter(({ level }) => level === 'error')
    expect(errors.map(({ message }) => message.split(':')[0])).toEqual([code])
    expect(tookMs).toBeLessThan(90_000)
  }

  describe.each([
    ['wrapped', 'sys/wrapping/unwrap'],
    ['transit', 'transit/sign/dev/sha2-256'],
  ] as const)('a handle of kind %s, at %s:', (kind, part) => {
    it.each(refusals)(
      '%s ends within the deadline, with its code, and signs nothing',
      // Short only where nothing but the deadline ends it: a slow machine must not get there first.
      async (_, reply, code) => {
        const timeoutSeconds = code === 'DEADLINE_EXCEEDED' ? 12 : 60
        expectRefusal(await signThrough(kind, part, reply, { timeoutSeconds }), code)
      },
    )
  })

  /** Holds the answers back until so many have asked. */
  function onceAllHaveAsked(count: number, reply: Reply): Reply {
    const held: (() => void)[] = []
    return (request, response) => {
      held.push(() => void reply(request, response))
      if (held.length >= count) for (const release of held.splice(0)) release()
    }
  }

  it('each of several images at once is told why Vault would not sign it', async () => {
    const sign = 'transit/sign/dev/sha2-256'
    const options = { timeoutSeconds: 60, count: 4 }
    const { result, images } = await signThrough(
      'transit',
      sign,
      onceAllHaveAsked(4, denied(403)),
      options,
    )
    const [error = ''] = result.annotations.map(({ message }) => message)
    expect(error).toMatch(/^VAULT_DENIED: 4 images failed, 0 are signed:/)
    for (const image of images) expect(error).toContain(`${image}: POST transit/sign/dev/sha2-256`)
  })

  it.each(requests)(
    'a handle of kind %s is given up at the deadline where %s is never answered',
    async (kind, part) => {
      const outcome = await signThrough(kind, part, hang)
      expectRefusal(outcome, 'DEADLINE_EXCEEDED')
      // Opening has one deadline for all its requests, and then each signature its own.
      const shared = part === 'sys/wrapping/unwrap' || part === 'transit/keys/dev'
      expect(outcome.result.log.includes('all that was left of the deadline')).toBe(shared)
    },
  )

  it.each(requests)(
    'a handle of kind %s signs where %s is answered with 429 and 503 for a moment, and slowly',
    async (kind, part) => {
      const replies = [denied(429), slowly(700, denied(503))]
      const first: Reply = (request, response) => replies.shift()?.(request, response)
      const options = { times: 2, timeoutSeconds: 60 }
      const { result, images, asked } = await signThrough(kind, part, first, options)
      expect(result.outputs['signed'], result.log).toBe(images.join())
      expect(asked).toBe(3)
    },
  )
})
