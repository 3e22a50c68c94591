import { beforeAll, expect, test } from 'vitest'
import { describeEachVault } from './vault/each-vault.ts'

describeEachVault(
  'vault-fetch-key, rate-limit quotas',
  ({ site, fetched, refused, startBetween }) => {
    const limit = (interval: string): Promise<unknown> =>
      site().ask('POST', 'sys/quotas/rate-limit/keys', { path: 'cosign/', rate: 1, interval })

    // Without it Vault says only that it limits, and not until when.
    beforeAll(() =>
      site().ask('POST', 'sys/quotas/config', { enable_rate_limit_response_headers: true }),
    )

    test('a limit that passes is waited out: the step asks again and succeeds', async () => {
      await limit('4s')
      await using between = await startBetween()
      await fetched({ 'vault-address': between.url })
      const asked = between.requests.filter(({ path }) => path.includes('/cosign/data/'))
      // Two secrets, and what the limit turned away: the second is asked for six times at the most.
      expect(asked.length).toBeGreaterThan(2)
      expect(asked.length).toBeLessThanOrEqual(7)
    })

    test('a limit that outlasts the deadline fails at once, and tells when to come back', async () => {
      await limit('1h')
      const startedAt = Date.now()
      await refused()
      const log = await refused()
      expect(log).toMatch(/::error::VAULT_RATE_LIMITED: .*come back in \d+ s/)
      expect(Date.now() - startedAt).toBeLessThan(15_000)
    })
  },
)
