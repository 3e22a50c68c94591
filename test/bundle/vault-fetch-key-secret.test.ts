import { unwrapKey } from '@tierseal/vault'
import { describe, expect, test } from 'vitest'
import { describeEachVault, wrappedOf } from './vault/each-vault.ts'
import { hcl, leastPolicy } from './vault/site.ts'

describeEachVault('vault-fetch-key explains a secret', ({ site, fetched, refused, roleWith }) => {
  async function secretWith(name: string, data?: unknown): Promise<Record<string, string>> {
    if (data !== undefined) await site().ask('POST', `cosign/data/tiers/${name}`, { data })
    const inputs = await roleWith({ ...leastPolicy, [`cosign/data/tiers/${name}`]: ['read'] })
    return { ...inputs, 'secret-path': `tiers/${name}`, 'public-path': '', handover: 'file' }
  }

  test('that is not there', async () => {
    expect(await refused(await secretWith('none'))).toContain('VAULT_SECRET_MISSING')
  })

  test('that was deleted', async () => {
    const inputs = await secretWith('deleted', { private_key: 'x' })
    await site().ask('DELETE', 'cosign/data/tiers/deleted')
    expect(await refused(inputs)).toMatch(/VAULT_SECRET_DELETED.*was deleted at 20/)
  })

  test('that was destroyed', async () => {
    const inputs = await secretWith('destroyed', { private_key: 'x' })
    await site().ask('POST', 'cosign/destroy/tiers/destroyed', { versions: [1] })
    expect(await refused(inputs)).toMatch(/VAULT_SECRET_DELETED.*was destroyed/)
  })

  test('without the field, naming the fields there are', async () => {
    const log = await refused(await secretWith('fields', { key: 'x', pass: 'y' }))
    expect(log).toMatch(/VAULT_FIELD_MISSING.*no field private_key: it has key, pass/)
  })

  test('of the other KV version, at once or when the handle is opened', async () => {
    const rules = await roleWith({ ...leastPolicy, 'cosign/tiers/dev': ['read'] })
    const inputs = { ...rules, 'kv-version': '1', 'public-path': '' }
    expect(await refused({ ...inputs, handover: 'file' })).toContain('VAULT_KV_VERSION')
    // Vault wraps its own 404, and the step cannot look inside.
    const handle = wrappedOf((await fetched(inputs)).handle)
    await expect(unwrapKey(handle, 5000)).rejects.toMatchObject({ code: 'VAULT_KV_VERSION' })
  })

  test('of KV version 1 works, where that is said', async () => {
    await site().ask('POST', 'sys/mounts/old', { type: 'kv', options: { version: '1' } })
    const { privateKey, password, publicKey } = site().key
    await site().ask('POST', 'old/tiers/dev', { private_key: privateKey, password })
    await site().ask('POST', 'old/public/dev', { public_key: publicKey, version: '7' })
    const { 'sys/capabilities-self': asks, 'auth/token/revoke-self': revokes } = leastPolicy
    const inputs = await roleWith({
      'old/tiers/dev': ['read'],
      'old/public/dev': ['read'],
      'sys/capabilities-self': asks ?? [],
      'auth/token/revoke-self': revokes ?? [],
    })
    const result = await fetched({ ...inputs, 'kv-mount': 'old', 'kv-version': '1' })
    expect(await unwrapKey(wrappedOf(result.handle), 5000)).toEqual({ privateKey, password })
    expect(result.outputs['key-version']).toBe('7')
    // The engine keeps no versions: without the publication nothing says which one it is.
    const unproven = { ...inputs, 'kv-mount': 'old', 'kv-version': '1', 'public-path': '' }
    const pin = { 'key-version': '7', 'minimum-key-version': '5' }
    for (const handover of ['wrapped', 'file']) {
      const log = await refused({ ...unproven, ...pin, handover })
      expect(log).toMatch(/VAULT_KEY_VERSION: version 7 is pinned.*nothing says which it is/)
    }
  })

  describe('whose public key', () => {
    async function published(public_key: string): Promise<Readonly<Record<string, string>>> {
      await site().ask('POST', 'cosign/data/public/odd', { data: { public_key, version: 1 } })
      const role = await roleWith({ ...leastPolicy, 'cosign/data/public/odd': ['read'] })
      return { ...role, 'public-path': 'public/odd' }
    }

    test.each([
      ['is none', () => 'ssh-rsa AAAA'],
      ['is one of two', () => site().key.publicKey.repeat(2)],
      ['is the private key', () => site().key.privateKey],
    ])('%s, which is refused and not shown', async (_what, stored) => {
      expect(await refused(await published(stored()))).toContain(
        '::error::VAULT_PUBLIC_KEY_INVALID',
      )
    })

    test('has tabs, is given out in its one form', async () => {
      const { publicKey } = site().key
      // OpenSSL takes this; as an output it would be no text of one line each.
      const { outputs } = await fetched(await published(publicKey.replaceAll('\n', '\t\n')))
      expect(outputs['public-key']).toBe(publicKey.trim())
    })
  })

  test('below the minimum version, or pinned to another than the published one', async () => {
    expect(await refused({ 'minimum-key-version': '2' })).toMatch(
      /VAULT_KEY_VERSION.*below the minimum 2/,
    )
    expect(await refused({ 'key-version': '2' })).toMatch(/VAULT_KEY_VERSION.*2 is pinned/)
  })

  test('a policy that pins the version and forces wrapping is met by a wrapped, pinned read', async () => {
    const inputs = await roleWith(leastPolicy)
    const strict = `path "cosign/data/tiers/dev" {
      capabilities = ["read"]
      min_wrapping_ttl = "5s"
      max_wrapping_ttl = "60s"
      required_parameters = ["version"]
      allowed_parameters = { "version" = ["1"] }
    }`
    const { 'cosign/data/tiers/dev': _, ...others } = leastPolicy
    const policy = `${strict}\n${hcl(others)}`
    await site().ask('POST', `sys/policies/acl/${inputs['role']}`, { policy })
    await fetched(inputs)
    expect(await refused({ ...inputs, handover: 'file' })).toMatch(
      /VAULT_DENIED[\s\S]*wants handover wrapped/,
    )
  })
})
