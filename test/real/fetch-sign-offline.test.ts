import {
  type ActionResult,
  type AirGap,
  lacksNamespaces,
  lacksTools,
  runAction,
  startAirGap,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Site, startSite } from '../bundle/vault/site.ts'
import { addTransit, handoverInputs } from '../bundle/vault/transit.ts'
import { lacksSigningTools, type SignSite, startSignSite } from './sign-site.ts'
import { slowdown } from './slowdown.ts'

const lacksParts = lacksSigningTools || lacksTools('openbao') || lacksNamespaces()

describe.skipIf(lacksParts)('vault-fetch-key and cosign-sign, no way out:', () => {
  let vault: Site
  let site: SignSite
  beforeAll(async () => {
    vault = await startSite('openbao')
    await addTransit(vault)
    // With the referrers API no settling second look hides a delay.
    site = await startSignSite({ referrers: true })
  })
  afterAll(async () => {
    await Promise.all([vault?.[Symbol.asyncDispose](), site?.[Symbol.asyncDispose]()])
  })

  type Network = { readonly network?: AirGap }

  /** Fetches the key and signs a new image with it; how long both took. */
  async function fetchAndSign(
    handover: keyof typeof handoverInputs,
    network: Network = {},
  ): Promise<number> {
    const image = await site.push()
    const startedAt = Date.now()
    const inputs = { ...vault.inputs, ...handoverInputs[handover] }
    const fetched = await runAction('vault-fetch-key', { inputs, ...network })
    const signed = await signWith(fetched, image, network)
    expect(signed.outputs['signed'], fetched.log + signed.log).toBe(image)
    return Date.now() - startedAt
  }

  function signWith(
    { outputs }: ActionResult,
    image: string,
    network: Network,
  ): Promise<ActionResult> {
    const { key = '', 'public-key': publicKey = '' } = outputs
    return site.sign({ image, key, password: '', 'public-key': publicKey }, network)
  }

  const handovers = ['wrapped', 'file', 'transit'] as const
  const gateways = [
    ['without a route', 'no-route'],
    ['whose gateway drops every packet', 'drop'],
  ] as const

  describe.each(gateways)('in a network %s', (_, gateway) => {
    it.each(handovers)(
      'the key comes and signs as fast, and nothing tries to leave: handover %s',
      async (handover) => {
        const reach = [new URL(vault.address).host, site.registry.host]
        await using gap = await startAirGap({ reach, gateway })
        const slower = await slowdown(
          () => fetchAndSign(handover),
          () => fetchAndSign(handover, { network: gap }),
        )
        expect(gap.attempts()).toBe(0)
        expect(slower).toBeLessThan(2)
      },
    )

    it('a Vault that is out there is given up at the deadline, with its code', async () => {
      await using gap = await startAirGap({ reach: [site.registry.host], gateway })
      const inputs = {
        ...vault.inputs,
        'vault-address': 'https://192.0.2.1:8200',
        'timeout-seconds': '3',
      }
      const startedAt = Date.now()
      const { exitCode, outputs, log } = await runAction('vault-fetch-key', {
        inputs,
        network: gap,
      })
      expect([exitCode, outputs]).toEqual([1, {}])
      const code = gateway === 'drop' ? 'DEADLINE_EXCEEDED' : 'CONNECTION_FAILED'
      expect(log).toContain(`::error::${code}: https://192.0.2.1:8200: `)
      expect(Date.now() - startedAt).toBeLessThan(9000)
      // The counter is not blind.
      expect(gap.attempts()).toBeGreaterThan(0)
    })
  })
})
