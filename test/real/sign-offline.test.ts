import {
  hang,
  lacksNamespaces,
  startAirGap,
  startBlackHole,
  startFaultServer,
  toolPath,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, runCosign, type SignSite, startSignSite } from './sign-site.ts'
import { slowdown } from './slowdown.ts'

describe.skipIf(lacksSigningTools)('cosign-sign, no way out:', () => {
  let site: SignSite
  beforeAll(async () => {
    // With the referrers API no settling second look hides a delay.
    site = await startSignSite({ referrers: true })
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  const variants = [
    ['cosign3', 'bundle'],
    ['cosign3', 'legacy'],
    ['cosign2', 'bundle'],
    ['cosign2', 'legacy'],
  ] as const

  /** Signs a new image; how long it took. */
  async function timeOf(
    inputs: Readonly<Record<string, string>>,
    options: Parameters<SignSite['sign']>[1] = {},
  ): Promise<number> {
    const image = await site.push()
    const startedAt = Date.now()
    const result = await site.sign({ image, ...inputs }, options)
    expect(result.outputs['signed'], result.log).toBe(image)
    return Date.now() - startedAt
  }

  const gateways = [
    ['without a route', 'no-route'],
    ['whose gateway drops every packet', 'drop'],
  ] as const

  describe.skipIf(lacksNamespaces()).each(gateways)('in a network %s', (_, gateway) => {
    it.each(variants)(
      'it signs and verifies as fast, and tries nothing: %s, %s',
      async (cosign, format) => {
        await using gap = await startAirGap({ reach: [site.registry.host], gateway })
        const inputs = { format, 'cosign-path': toolPath(cosign) }
        const slower = await slowdown(
          () => timeOf(inputs),
          () => timeOf(inputs, { network: gap }),
        )
        expect(gap.attempts()).toBe(0)
        expect(slower).toBeLessThan(2)
      },
    )
  })

  it.skipIf(lacksNamespaces()).each(['cosign3', 'cosign2'] as const)(
    'in a network without a route it tries nothing in format oci-1-1 either: %s',
    async (cosign) => {
      await using gap = await startAirGap({ reach: [site.registry.host], gateway: 'no-route' })
      const inputs = { format: 'oci-1-1', 'cosign-path': toolPath(cosign) }
      await timeOf(inputs, { network: gap })
      expect(gap.attempts()).toBe(0)
    },
  )

  function behindProxy({ host }: { readonly host: string }): Readonly<Record<string, string>> {
    const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY']
    const all = names.flatMap((name) => [name, name.toLowerCase()])
    return Object.fromEntries(all.map((name) => [name, `http://${host}`]))
  }

  it.each(variants)('a proxy is asked for nothing: %s, %s', async (cosign, format) => {
    await using proxy = await startFaultServer({ script: () => hang })
    const env = behindProxy(proxy)
    await timeOf({ format, 'cosign-path': toolPath(cosign) }, { env })
    expect(proxy.connections()).toBe(0)
  })

  it.each(['cosign3', 'cosign2'] as const)(
    'a proxy is asked by %s where it is run bare, so the tests above can fail',
    async (cosign) => {
      await using proxy = await startFaultServer({ script: () => hang })
      await runCosign(
        site,
        cosign,
        ['triangulate', 'registry.internal/dev/app:1'],
        behindProxy(proxy),
      )
      expect(proxy.connections()).toBeGreaterThan(0)
    },
  )

  it.each(variants)(
    'a proxy that drops packets slows nothing down: %s, %s',
    async (cosign, format) => {
      await using hole = await startBlackHole()
      const env = behindProxy(hole)
      const inputs = { format, 'cosign-path': toolPath(cosign) }
      expect(
        await slowdown(
          () => timeOf(inputs),
          () => timeOf(inputs, { env }),
        ),
      ).toBeLessThan(2)
    },
  )
})
