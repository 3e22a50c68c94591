import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActionResult,
  addTier,
  findSecrets,
  lacksTools,
  prepareVault,
  runAction,
  runPost,
  startTokenReview,
  startVault,
  type TestVault,
  type TokenReview,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, type SignSite, startSignSite } from '../real/sign-site.ts'
import { hcl, type Rules } from './vault/site.ts'

describe.skipIf(lacksSigningTools)('cosign-sign, keys:', () => {
  let site: SignSite
  beforeAll(async () => {
    site = await startSignSite()
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  function secretsOf(): Readonly<Record<string, string>> {
    const { privateKey, password } = site.keys.dev
    return { privateKey, password, registryPassword: site.registry.password }
  }

  describe('a key of the step', () => {
    it('is taken from a variable and leaves no trace', async () => {
      const image = await site.push()
      const result = await site.sign({ image })
      expect(result.outputs['signed']).toBe(image)
      const { maskedLog, summary } = result
      const outputs = JSON.stringify(result.outputs)
      const state = JSON.stringify(result.state)
      expect(findSecrets({ maskedLog, summary, outputs, state }, secretsOf())).toEqual([])
      expect(findSecrets(result.runnerTemp, secretsOf())).toEqual([])
      expect(readdirSync(result.runnerTemp).filter((name) => name.includes('sign'))).toEqual([])
    })

    it('is taken from a file, which stays where the user has put it', async () => {
      const path = join(temporaryDirectory('key'), 'cosign.key')
      writeFileSync(path, site.keys.dev.privateKey, { mode: 0o600 })
      const image = await site.push()
      expect((await site.sign({ image, key: path })).outputs['signed']).toBe(image)
      expect(existsSync(path)).toBe(true)
    })

    it.each([
      ['as base64', (key: string) => Buffer.from(key).toString('base64'), /base64 of the PEM file/],
      ['on one line', (key: string) => key.replaceAll('\n', ' '), /joined into one/],
      ['with literal \\n', (key: string) => key.replaceAll('\n', '\\n'), /two characters \\n/],
    ])('stored %s is recognised, refused, and the reason told', async (_, spoil, reason) => {
      const key = spoil(site.keys.dev.privateKey)
      const result = await site.sign({ image: await site.push() }, { env: { TIER_KEY: key } })
      expect(result.log).toMatch(/::error::SIGN_KEY_FORM/)
      expect(result.log).toMatch(reason)
      expect(findSecrets({ log: result.maskedLog }, { key })).toEqual([])
    })

    it("that is not behind the tier's public key signs nothing", async () => {
      const image = await site.push()
      const result = await site.sign({ image, 'public-key': site.keys.prod.publicKey })
      expect(result.log).toMatch(/::error::SIGN_KEY_MISMATCH: .* nothing was signed/)
      expect((await site.sign({ image })).outputs['signed']).toBe(image)
    })

    it('with a wrong password or none is refused with the reason', async () => {
      const image = await site.push()
      const wrong = await site.sign({ image, password: 'canary-wrong' })
      expect(wrong.log).toMatch(/::error::SIGN_KEY_PASSWORD: .* it is another one/)
      const none = await site.sign({ image, password: '' })
      expect(none.log).toMatch(/::error::SIGN_KEY_PASSWORD: the key has a password, and none was/)
    })

    it('that is missing never turns into signing without one', async () => {
      const image = await site.push()
      const empty = await site.sign({ image, key: '' })
      expect(empty.log).toMatch(/::error::INPUT_MISSING: input key/)
      const unset = await site.sign({ image }, { env: { TIER_KEY: '' } })
      expect(unset.log).toMatch(/::error::SIGN_KEY_MISSING: the variable TIER_KEY/)
      // Nothing listens there: the registry is asked later.
      const unasked = { image: `127.0.0.1:1/dev/app@${image.split('@')[1]}` }
      const early = await site.sign(unasked, { env: { TIER_KEY: '' } })
      expect(early.log).toMatch(/::error::SIGN_KEY_MISSING: the variable TIER_KEY/)
      const file = await site.sign({ ...unasked, key: '/nowhere/cosign.key' })
      expect(file.log).toMatch(/::error::SIGN_KEY_MISSING: the key file cannot be read/)
      const text = await site.sign({ image, key: site.keys.dev.privateKey })
      expect(text.log).toMatch(/::error::SIGN_KEY_FORM/)
      expect(findSecrets({ log: text.maskedLog }, secretsOf())).toEqual([])
    })
  })

  const transit = {
    handover: 'transit',
    'transit-key': 'dev',
    role: 'ci-signer-transit',
    'public-path': '',
    'secret-path': '',
  }

  for (const flavour of ['openbao', 'vault'] as const) {
    describe.skipIf(lacksTools(flavour))(`a handle of vault-fetch-key (${flavour})`, () => {
      let vault: TestVault
      let reviewer: TokenReview
      let tokenFile: string
      beforeAll(async () => {
        vault = await startVault({ flavour })
        reviewer = await startTokenReview()
        await prepareVault(vault, reviewer)
        await addTier(vault, { tier: 'dev', keys: site.keys.dev })
        await addTransitKey(vault)
        tokenFile = join(temporaryDirectory('token'), 'token')
        writeFileSync(tokenFile, reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' }))
      })
      afterAll(async () => {
        await vault.stop()
        await reviewer.stop()
      })

      function fetchKey(inputs: Readonly<Record<string, string>> = {}): Promise<ActionResult> {
        const server = { 'vault-address': vault.address, 'vault-ca': vault.caPath }
        const tier = {
          role: 'ci-signer-dev',
          'secret-path': 'tiers/dev',
          'public-path': 'public/dev',
        }
        return runAction('vault-fetch-key', {
          inputs: { ...server, ...tier, 'token-file': tokenFile, ...inputs },
        })
      }

      function signWith(
        { outputs }: ActionResult,
        image: string,
        more: Readonly<Record<string, string>> = {},
      ): Promise<ActionResult> {
        const { key = '', 'public-key': publicKey = '' } = outputs
        return site.sign({ image, key, password: '', 'public-key': publicKey, ...more })
      }

      async function liveTokens(): Promise<number> {
        const { body } = await vault.request('LIST', 'auth/token/accessors')
        return Object(body['data'])['keys'].length
      }

      it('of kind wrapped is opened in the process, signs, and is of no use again', async () => {
        const fetched = await fetchKey()
        const image = await site.push()
        const first = await signWith(fetched, image)
        expect(first.outputs['signed']).toBe(image)
        const secrets = { ...secretsOf(), handle: fetched.outputs['key'] ?? '' }
        expect(findSecrets({ log: first.maskedLog, summary: first.summary }, secrets)).toEqual([])
        expect(findSecrets(first.runnerTemp, secrets)).toEqual([])
        // A node that lags would say the same for a while, so it asks until its time is over.
        const second = await signWith(fetched, await site.push(), { 'timeout-seconds': '8' })
        expect(second.exitCode).toBe(1)
        expect(second.log).toMatch(/::error::VAULT_WRAPPING_SPENT/)
      })

      it('of kind file is removed before anything is signed, and again in post', async () => {
        const fetched = await fetchKey({ handover: 'file' })
        const encoded = fetched.outputs['key']?.replace('tierseal:v1:', '') ?? ''
        const { path, passwordPath } = JSON.parse(Buffer.from(encoded, 'base64url').toString())
        expect([existsSync(path), existsSync(passwordPath)]).toEqual([true, true])
        const image = await site.push()
        const result = await signWith(fetched, image)
        expect(result.outputs['signed']).toBe(image)
        expect([existsSync(path), existsSync(passwordPath)]).toEqual([false, false])
        writeFileSync(path, 'left behind')
        expect((await runPost(result)).exitCode).toBe(0)
        expect(existsSync(path)).toBe(false)
        await runPost(fetched)
      })

      it('of kind transit signs with a key that stays in Vault, and the login is revoked', async () => {
        const before = await liveTokens()
        const image = await site.push()
        const result = await signWith(await fetchKey(transit), image)
        expect(result.outputs['signed']).toBe(image)
        expect(await liveTokens()).toBe(before)
      })

      it.each([
        ['broad', 'VAULT_POLICY_TOO_BROAD'],
        ['sibling', 'VAULT_POLICY_TOO_BROAD: [\\s\\S]*transit/sign/prod: update'],
        ['export', 'VAULT_POLICY_TOO_BROAD: [\\s\\S]*transit/export/signing-key/dev/latest: read'],
        [
          'writer',
          'VAULT_POLICY_TOO_BROAD: [\\s\\S]*transit/keys/dev: read, update instead of read',
        ],
        ['secret', 'VAULT_POLICY_TOO_BROAD: [\\s\\S]*cosign/data/tiers/staging: read'],
        ['nothing', 'VAULT_POLICY_TOO_NARROW: [\\s\\S]*transit/keys/dev: needs read'],
        ['eternal', 'VAULT_TOKEN_LIFE: the role gives a token that lives for 2764800 s'],
      ])(
        'of kind transit is refused where the role is of kind %s, and revoked',
        async (role, why) => {
          const before = await liveTokens()
          const siblings = { 'sibling-paths': 'prod\ntiers/staging' }
          const fetched = await fetchKey({ ...transit, ...siblings, role: `ci-signer-${role}` })
          const result = await signWith(fetched, await site.push())
          expect(result.annotations).toEqual([
            { level: 'error', message: expect.stringMatching(`^${why}`) },
          ])
          expect(await liveTokens()).toBe(before)
        },
      )

      it.each([
        ['rsa-2048', 'SIGN_KEY_RSA'],
        ['ecdsa-p384', 'SIGN_KEY_CURVE'],
        ['ed25519', 'SIGN_KEY_ED25519'],
      ])('of kind transit whose key is of type %s is refused with %s', async (type, code) => {
        await vault.request('POST', `transit/keys/${type}`, { type })
        await addRole(vault, type, {
          [`transit/keys/${type}`]: ['read'],
          [`transit/sign/${type}/sha2-256`]: ['update'],
          'auth/token/revoke-self': ['update'],
          'sys/capabilities-self': ['update'],
        })
        const inputs = { ...transit, 'transit-key': type, role: `ci-signer-${type}` }
        const before = await liveTokens()
        const fetched = await fetchKey({ ...inputs, 'expected-policies': type })
        const result = await signWith(fetched, await site.push())
        expect(result.log).toMatch(new RegExp(`::error::${code}: .* Nothing was signed`))
        expect(await liveTokens()).toBe(before)
      })

      it('of kind transit is refused where its token carries a policy that is not expected', async () => {
        const before = await liveTokens()
        const fetched = await fetchKey({ ...transit, 'expected-policies': 'another' })
        const result = await signWith(fetched, await site.push())
        expect(result.log).toMatch(/::error::VAULT_POLICY_UNEXPECTED: the token carries transit/)
        expect(await liveTokens()).toBe(before)
      })

      it('of kind transit says that its token is spent, where the role counts its requests', async () => {
        const images = [await site.push(), await site.push(), await site.push()].join('\n')
        const fetched = await fetchKey({ ...transit, role: 'ci-signer-counted' })
        const result = await signWith(fetched, '', { images })
        expect(result.outputs['signed']?.split('\n')).toHaveLength(2)
        expect(result.annotations.at(-1)).toMatchObject({
          level: 'error',
          message: expect.stringMatching(/VAULT_TOKEN_USES: .*for 4 requests/),
        })
      })

      it('of kind transit says that its token lives on, where it may not revoke itself', async () => {
        const fetched = await fetchKey({ ...transit, role: 'ci-signer-lasting' })
        const result = await signWith(fetched, await site.push())
        expect(result.annotations).toEqual([
          { level: 'warning', message: expect.stringMatching(/lives for another 300 s at most/) },
          {
            level: 'error',
            message: expect.stringMatching(/TOO_NARROW[\s\S]*revoke-self: needs up/),
          },
        ])
      })
    })
  }

  async function addTransitKey(vault: TestVault): Promise<void> {
    await vault.request('POST', 'sys/mounts/transit', { type: 'transit' })
    await vault.request('POST', 'transit/keys/dev', { type: 'ecdsa-p256' })
    const own = {
      'transit/keys/dev': ['read'],
      'transit/sign/dev/sha2-256': ['update'],
      'auth/token/revoke-self': ['update'],
      'sys/capabilities-self': ['update'],
    }
    const { 'auth/token/revoke-self': _, ...lasting } = own
    const { 'transit/keys/dev': __, ...nothing } = own
    await addRole(vault, 'transit', own)
    await addRole(vault, 'broad', { ...own, 'transit/*': ['read', 'update'] })
    await addRole(vault, 'sibling', { ...own, 'transit/sign/prod': ['update'] })
    await addRole(vault, 'export', { ...own, 'transit/export/signing-key/dev/*': ['read'] })
    await addRole(vault, 'writer', { ...own, 'transit/keys/dev': ['read', 'update'] })
    await addRole(vault, 'secret', { ...own, 'cosign/data/tiers/staging': ['read'] })
    await addRole(vault, 'nothing', nothing)
    await addRole(vault, 'lasting', lasting)
    await addRole(vault, 'eternal', own, '0')
    await addRole(vault, 'counted', own, '5m', 4)
  }

  async function addRole(
    vault: TestVault,
    name: string,
    rules: Rules,
    token_ttl = '5m',
    token_num_uses = 0,
  ): Promise<void> {
    await vault.request('PUT', `sys/policies/acl/${name}`, { policy: hcl(rules) })
    await vault.request('POST', `auth/kubernetes/role/ci-signer-${name}`, {
      bound_service_account_names: 'ci-signer',
      bound_service_account_namespaces: 'ci-dev',
      audience: 'vault',
      token_policies: name,
      token_no_default_policy: true,
      token_ttl,
      token_num_uses,
      token_type: 'service',
    })
  }
})
