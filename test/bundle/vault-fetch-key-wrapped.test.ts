import { setTimeout as sleep } from 'node:timers/promises'
import { findSecrets, readActionDefinition } from '@tierseal/test-kit'
import { unwrapKey } from '@tierseal/vault'
import { expect, test } from 'vitest'
import { describeEachVault, withoutMasks, wrappedOf } from './vault/each-vault.ts'
import { leastPolicy } from './vault/site.ts'

describeEachVault(
  'vault-fetch-key, handover wrapped',
  ({ flavour, site, fetched, refused, startBetween }) => {
    test('hands over a handle that opens once to the key, with its public key and version', async () => {
      const { handle, outputs } = await fetched()
      const { privateKey, password, publicKey } = site().key
      expect(Object.keys(outputs)).toEqual(readActionDefinition('vault-fetch-key').outputs)
      expect(await unwrapKey(wrappedOf(handle), 5000)).toEqual({ privateKey, password })
      expect(outputs['public-key']).toBe(publicKey.trim())
      expect(outputs['fingerprint']).toMatch(/^sha256:[0-9a-f]{64}$/)
      expect(outputs['key-version']).toBe('1')
      await expect(unwrapKey(wrappedOf(handle), 5000)).rejects.toMatchObject({
        code: 'VAULT_WRAPPING_SPENT',
      })
    })

    test('says which inputs make a handle too long for an output, before anything is asked', async () => {
      await using between = await startBetween()
      const vaultCa = site().caPem.repeat(90)
      const log = await refused({ 'vault-address': between.url, 'vault-ca': vaultCa })
      expect(log).toMatch(/INPUT_INVALID: the handle would have \d+ bytes, an output holds 61440/)
      expect(log).toMatch(/Give vault-ca as a path/)
      expect(between.requests).toEqual([])
    })

    test('makes four requests and the revocation, on one connection', async () => {
      await using between = await startBetween()
      await fetched({ 'vault-address': between.url })
      expect(between.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'POST /v1/auth/kubernetes/login',
        'POST /v1/sys/capabilities-self',
        'GET /v1/cosign/data/public/dev',
        'GET /v1/cosign/data/tiers/dev?version=1',
        'POST /v1/auth/token/revoke-self',
      ])
      expect(between.connections()).toBe(1)
    })

    test('leaves no token alive, neither where it succeeds nor where it fails', async () => {
      const before = await site().accessors()
      const { handle } = await fetched()
      await unwrapKey(wrappedOf(handle), 5000)
      await refused({ 'secret-path': 'tiers/prod' })
      expect(await site().accessors()).toEqual(before)
    })

    test('shows no secret in log, outputs, state, summary or files, but the masked handle', async () => {
      await using between = await startBetween()
      const result = await fetched({ 'vault-address': between.url })
      const { handle, log, maskedLog, outputs, directory, summary } = result
      const { token: wrapping } = wrappedOf(handle)
      const login = String(between.requests[1]?.headers['x-vault-token'])
      const { jwt } = site()
      for (const secret of [login, wrapping, outputs['key'] ?? '', jwt]) {
        expect(log).toContain(`::add-mask::${secret}\n`)
      }
      const { privateKey, password } = site().key
      const secrets = { login, wrapping, jwt, privateKey, password }
      expect(findSecrets({ maskedLog, summary, log: withoutMasks(log) }, secrets)).toEqual([])
      expect(findSecrets(directory, { login, jwt, privateKey, password })).toEqual([])
    })

    test('tells an auditor what to look for, in the summary', async () => {
      const { summary, outputs } = await fetched()
      const expected = [outputs['login-request-id'], outputs['token-accessor'], 'cosign-dev']
      for (const text of [...expected, outputs['fingerprint'], 'kubernetes, ci-signer-dev']) {
        expect(summary).toContain(`\`${text}\``)
      }
    })

    test('a handle whose life is over is told as that, and not as opened by somebody else', async () => {
      const handle = wrappedOf((await fetched({ 'handle-ttl-seconds': '1' })).handle)
      await sleep(handle.expiresAt - Date.now() + 1)
      await expect(unwrapKey(handle, 5000)).rejects.toMatchObject({ code: 'VAULT_HANDLE_EXPIRED' })
    })

    test('a handle whose token somebody replaced does not open', async () => {
      const one = wrappedOf((await fetched()).handle)
      const foreign = { ...one, creationPath: 'cosign/data/tiers/prod' }
      await expect(unwrapKey(foreign, 5000)).rejects.toMatchObject({
        code: 'VAULT_WRAPPING_FOREIGN',
      })
    })

    test('a deleted version shows when the handle is opened: Vault wraps its own 404', async () => {
      await site().ask('POST', 'cosign/data/tiers/gone', { data: { private_key: 'x' } })
      await site().ask('DELETE', 'cosign/data/tiers/gone')
      await site().writePolicy('gone', { ...leastPolicy, 'cosign/data/tiers/gone': ['read'] })
      await site().writeRole('gone', { token_policies: 'gone' })
      const inputs = { role: 'gone', 'secret-path': 'tiers/gone', 'expected-policies': '' }
      const { handle } = await fetched({ ...inputs, 'public-path': '' })
      await expect(unwrapKey(wrappedOf(handle), 5000)).rejects.toMatchObject({
        code: 'VAULT_SECRET_DELETED',
      })
    })

    test('the CA may be given as PEM, and goes along in the handle', async () => {
      const { handle } = await fetched({ 'vault-ca': site().caPem })
      const { privateKey, password } = site().key
      expect(await unwrapKey(wrappedOf(handle), 5000)).toEqual({ privateKey, password })
    })

    // The community edition of HashiCorp Vault has no namespaces.
    if (flavour === 'openbao') {
      test('keeps to a namespace, from the login to the opening of the handle', async () => {
        await site().makeNamespace('team')
        const { handle } = await fetched({ 'vault-namespace': 'team' })
        expect(wrappedOf(handle).namespace).toBe('team')
        const { privateKey, password } = site().key
        expect(await unwrapKey(wrappedOf(handle), 5000)).toEqual({ privateKey, password })
        await expect(unwrapKey(wrappedOf(handle), 5000)).rejects.toMatchObject({
          code: 'VAULT_WRAPPING_SPENT',
        })
      })
    }
  },
)
