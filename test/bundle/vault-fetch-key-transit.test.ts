import { openTransitLogin } from '@tierseal/vault'
import { beforeAll, expect, test } from 'vitest'
import { describeEachVault } from './vault/each-vault.ts'

describeEachVault(
  'vault-fetch-key, handover transit',
  ({ site, fetched, refused, startBetween }) => {
    const policy = {
      'transit/keys/dev': ['read'],
      'transit/sign/dev/sha2-256': ['update'],
      'cosign/data/public/dev': ['read'],
      'sys/capabilities-self': ['update'],
      'auth/token/revoke-self': ['update'],
    }
    const inputs = {
      role: 'transit-dev',
      handover: 'transit',
      'transit-key': 'dev',
      'sibling-paths': 'prod',
      'expected-policies': 'transit-dev',
    }

    beforeAll(async () => {
      await site().ask('POST', 'sys/mounts/transit', { type: 'transit' })
      await site().ask('POST', 'transit/keys/dev', { type: 'ecdsa-p256' })
      await site().writePolicy('transit-dev', policy)
      await site().writeRole('transit-dev', { token_policies: 'transit-dev' })
    })

    test('hands over a login that nobody has seen, good for signing with the one key', async () => {
      const { handle, outputs } = await fetched(inputs)
      if (handle.kind !== 'transit') expect.fail(`a handle of kind ${handle.kind}`)
      const { client, session } = await openTransitLogin(handle, 5000)
      const input = Buffer.alloc(32).toString('base64')
      const path = 'transit/sign/dev/sha2-256'
      const { data } = await session.request({
        method: 'POST',
        path,
        body: { input, prehashed: true },
      })
      expect(data?.['signature']).toMatch(/^vault:v1:/)
      await session.revokeSelf()
      client.close()
      expect(outputs['public-key']).toBe(site().key.publicKey.trim())
    })

    test('without public-path never holds a token at all: one request', async () => {
      await using between = await startBetween()
      await fetched({ ...inputs, 'public-path': '', 'vault-address': between.url })
      expect(between.requests.map(({ path }) => path)).toEqual(['/v1/auth/kubernetes/login'])
    })

    test('refuses a token that may sign with every key', async () => {
      await site().writePolicy('transit-wide', { ...policy, 'transit/sign/*': ['update'] })
      await site().writeRole('transit-wide', { token_policies: 'transit-wide' })
      const wide = { role: 'transit-wide', 'expected-policies': 'transit-wide' }
      expect(await refused({ ...inputs, ...wide })).toMatch(/TOO_BROAD[\s\S]*transit\/sign\/prod/)
    })
  },
)
