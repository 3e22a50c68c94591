import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addTier,
  type CosignKeyPair,
  generateCosignKeyPair,
  lacksTools,
  prepareVault,
  runAction,
  startTokenReview,
  startVaultCluster,
  type TestVaultCluster,
  type TokenReview,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { type KeyHandle, openTransitLogin, parseHandle, unwrapKey } from '@tierseal/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wrappedOf } from './vault/each-vault.ts'

// A node of OpenBao that stands by answers reads itself, from what it knows by then; one of HashiCorp Vault's
// community edition passes everything on.
describe.each(['openbao', 'vault'] as const)(
  'vault-fetch-key, a node that stands by and lags behind (%s):',
  (flavour) => {
    describe.skipIf(lacksTools(flavour, 'cosign3'))('real servers with raft,', () => {
      let cluster: TestVaultCluster
      let review: TokenReview
      let address: string
      let key: CosignKeyPair
      let tokenFile: string
      beforeAll(async () => {
        cluster = await startVaultCluster({ flavour, lagMs: 400 })
        address = (await cluster.roles()).standby.address
        review = await startTokenReview()
        await prepareVault(cluster, review)
        key = generateCosignKeyPair('CANARY-password')
        await addTier(cluster, { tier: 'dev', keys: key })
        tokenFile = join(temporaryDirectory('lag-token'), 'token')
        writeFileSync(tokenFile, review.issue({ namespace: 'ci-dev', name: 'ci-signer' }))
      })
      afterAll(() => Promise.all([cluster?.stop(), review?.stop()]))

      async function fetched(inputs: Readonly<Record<string, string>> = {}): Promise<KeyHandle> {
        const result = await runAction('vault-fetch-key', {
          inputs: {
            'vault-address': address,
            'vault-ca': cluster.caPath,
            role: 'ci-signer-dev',
            'token-file': tokenFile,
            'secret-path': 'tiers/dev',
            'public-path': 'public/dev',
            ...inputs,
          },
        })
        expect(result).toMatchObject({ annotations: [], exitCode: 0 })
        return parseHandle(result.outputs['key'] ?? '')
      }

      test('the key is handed over, and opens there at once: once', async () => {
        const handle = wrappedOf(await fetched())
        const { privateKey, password } = key
        expect(await unwrapKey(handle, 60_000)).toEqual({ privateKey, password })
        const again = unwrapKey(handle, 60_000)
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
