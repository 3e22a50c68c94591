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

describe.skipIf(lacksSigningTools || lacksTools('openbao', 'vault'))('cosign-sign, keys:', () => {
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

  describe.each(['openbao', 'vault'] as const)('a handle of vault-fetch-key (%s)', (flavour) => {
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

    function signWith({ outputs }: ActionResult, image: string): Promise<ActionResult> {
      const { key = '', 'public-key': publicKey = '' } = outputs
      return site.sign({ image, key, password: '', 'public-key': publicKey })
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
      const second = await signWith(fetched, await site.push())
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

    it('of kind transit is refused where its token may use other keys, and revoked', async () => {
      const before = await liveTokens()
      const fetched = await fetchKey({ ...transit, role: 'ci-signer-broad' })
      const result = await signWith(fetched, await site.push())
      expect(result.log).toMatch(/::error::SIGN_TRANSIT_BROAD: the token may also use transit\//)
      expect(await liveTokens()).toBe(before)
    })
  })

  async function addTransitKey(vault: TestVault): Promise<void> {
    await vault.request('POST', 'sys/mounts/transit', { type: 'transit' })
    await vault.request('POST', 'transit/keys/dev', { type: 'ecdsa-p256' })
    await addRole(
      vault,
      'transit',
      `path "transit/keys/dev" { capabilities = ["read"] }
     path "transit/sign/dev/sha2-256" { capabilities = ["update"] }`,
    )
    await addRole(vault, 'broad', 'path "transit/*" { capabilities = ["read", "update"] }')
  }

  async function addRole(vault: TestVault, name: string, rules: string): Promise<void> {
    const shared = `
    path "auth/token/revoke-self" { capabilities = ["update"] }
    path "sys/capabilities-self" { capabilities = ["update"] }`
    await vault.request('PUT', `sys/policies/acl/${name}`, { policy: `${rules}${shared}` })
    await vault.request('POST', `auth/kubernetes/role/ci-signer-${name}`, {
      bound_service_account_names: 'ci-signer',
      bound_service_account_namespaces: 'ci-dev',
      audience: 'vault',
      token_policies: name,
      token_no_default_policy: true,
      token_ttl: '5m',
      token_type: 'service',
    })
  }
})
