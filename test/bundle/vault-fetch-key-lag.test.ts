import { lacksTools, runAction } from '@tierseal/test-kit'
import { type KeyHandle, openTransitLogin, parseHandle, unwrapKey } from '@tierseal/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClusterSite, startClusterSite } from './vault/cluster-site.ts'
import { wrappedOf } from './vault/each-vault.ts'

// A node of OpenBao that stands by answers reads itself, from what it knows by then; one of HashiCorp Vault's
// community edition passes everything on.
describe.each(['openbao', 'vault'] as const)(
  'vault-fetch-key, a node that stands by and lags behind (%s):',
  (flavour) => {
    describe.skipIf(lacksTools(flavour, 'cosign3'))('real servers with raft,', () => {
      let site: ClusterSite
      let address: string
      beforeAll(async () => {
        site = await startClusterSite({ flavour, lagMs: 250 })
        address = (await site.cluster.roles()).standby.address
      })
      afterAll(() => site?.[Symbol.asyncDispose]())

      async function fetched(inputs: Readonly<Record<string, string>> = {}): Promise<KeyHandle> {
        const result = await runAction('vault-fetch-key', {
          inputs: { ...site.inputsAt(address), ...inputs },
        })
        expect(result).toMatchObject({ annotations: [], exitCode: 0 })
        return parseHandle(result.outputs['key'] ?? '')
      }

      test('the key is handed over, and opens there at once: once', async () => {
        const handle = wrappedOf(await fetched())
        const { privateKey, password } = site.key
        expect(await unwrapKey(handle, 60_000)).toEqual({ privateKey, password })
        const again = unwrapKey(handle, 5000)
        await expect(again).rejects.toMatchObject({ code: 'VAULT_WRAPPING_SPENT' })
      })

      test('a login that is handed over for transit opens there at once', async () => {
        const inputs = { handover: 'transit', 'transit-key': 'dev', 'public-path': '' }
        const handle = await fetched(inputs)
        if (handle.kind !== 'transit') expect.fail(`a handle of kind ${handle.kind}`)
        const { client, session, login } = await openTransitLogin(handle, 60_000)
        expect(login.policies).toEqual(['cosign-dev'])
        await session.capabilities(['auth/token/revoke-self'])
        expect(await session.revokeSelf()).toBe('revoked')
        client.close()
      })
    })
  },
)
