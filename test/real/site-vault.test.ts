import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { findSecrets, lacksTools, toolPath } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runIn } from '../../packages/cli/src/testing/command.ts'
import { startVaultSite, type VaultSite } from './site/vault-site.ts'

let site: VaultSite

async function loginAs(tier: string, namespace = `ci-${tier}`): Promise<string | undefined> {
  const jwt = site.reviewer.issue({ namespace, name: 'ci-signer', audience: 'vault' })
  const body = { role: `ci-signer-${tier}`, jwt }
  const answer = await site.vault.request('POST', 'auth/kubernetes/login', body, '')
  return tokenOf(answer.body)
}

function tokenOf(body: unknown): string | undefined {
  const text = JSON.stringify(body) ?? ''
  return /"client_token":"([^"]+)"/.exec(text)?.[1]
}

async function statusOf(method: string, path: string, token: string, body?: unknown) {
  return (await site.vault.request(method, path, body, token)).status
}

const input = { input: Buffer.alloc(32).toString('base64'), prehashed: true }

describe.skipIf(lacksTools('openbao', 'cosign3'))('a site and a real Vault', () => {
  beforeAll(async () => {
    site = await startVaultSite()
  })

  afterAll(() => site?.[Symbol.asyncDispose]())

  test('vault apply --dry-run shows what it would write, and writes nothing', async () => {
    const { exitCode, out } = await site.tierseal('vault', 'apply', '--dry-run')
    expect(exitCode).toBe(1)
    expect(out).toContain('would write sys/policies/acl/cosign-dev')
    expect(out).toContain('+token_no_default_policy: true')
    expect((await site.vault.request('GET', 'sys/policies/acl/cosign-dev')).status).toBe(404)
  })

  test('vault apply writes policies and roles once', async () => {
    const first = await site.tierseal('vault', 'apply')
    expect(first.error).toBe('')
    expect(first.out.match(/^wrote /gm)).toHaveLength(4)
    expect(first.out).not.toContain('would')
    expect(await site.tierseal('vault', 'apply')).toMatchObject({
      exitCode: 0,
      out: 'Vault is as it should be',
    })
  })

  test('vault apply puts back what somebody widened', async () => {
    const policy = 'path "*" { capabilities = ["read"] }'
    await site.vault.request('POST', 'sys/policies/acl/cosign-dev', { policy })
    const { out } = await site.tierseal('vault', 'apply', 'dev')
    expect(out).toContain('wrote sys/policies/acl/cosign-dev')
    expect(out).toContain('-path "*"')
  })

  test('vault apply finds nothing to do where policy.hcl was written by hand', async () => {
    expect(await site.tierseal('generate')).toMatchObject({ exitCode: 0 })
    const policy = site.read('platform/dev/vault/policy.hcl')
    await site.vault.request('POST', 'sys/policies/acl/cosign-dev', { policy })
    expect(await site.tierseal('vault', 'apply', 'dev')).toMatchObject({
      exitCode: 0,
      out: 'Vault is as it should be',
    })
  })

  test.each([
    ['a period, which renews the token for ever', { token_period: 3600 }],
    ['addresses it does not know', { token_bound_cidrs: ['0.0.0.0/0'] }],
    [
      'a selector that lets namespaces in',
      { bound_service_account_namespace_selector: '{"matchLabels":{"a":"b"}}' },
    ],
  ])('vault apply puts back a role that somebody gave %s', async (_what, widened) => {
    const path = 'auth/kubernetes/role/ci-signer-dev'
    const before = await site.vault.request('GET', path)
    const { status } = await site.vault.request('POST', path, {
      ...roleOf(before.body),
      ...widened,
    })
    expect(status).toBeLessThan(300)
    expect(roleOf((await site.vault.request('GET', path)).body)).not.toEqual(roleOf(before.body))
    const { out } = await site.tierseal('vault', 'apply', 'dev')
    expect(out).toContain(`wrote ${path}`)
    expect(roleOf((await site.vault.request('GET', path)).body)).toEqual(roleOf(before.body))
  })

  test('keys init writes a key that the real cosign opens, and leaves no private part on disk', async () => {
    const { exitCode, out, error } = await site.tierseal('keys', 'init', 'dev')
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' })
    const stored = await site.vault.request('GET', 'cosign/data/tiers/dev')
    const { private_key: privateKey = '', password = '' } = secretOf(stored.body)
    const cosign = spawnSync(toolPath('cosign3'), ['public-key', '--key', 'env://KEY'], {
      env: { KEY: privateKey, COSIGN_PASSWORD: password, HOME: site.folder },
      encoding: 'utf8',
    })
    const recorded = site.read('keys/dev.pem')
    expect(cosign.stdout).toBe(recorded)
    const open = await site.vault.request('GET', 'cosign/data/public/dev')
    expect(secretOf(open.body)).toEqual({ public_key: recorded, version: '1' })
    expect(findSecrets({ out, error }, { privateKey, password })).toEqual([])
    expect(findSecrets(site.folder, { privateKey, password })).toEqual([])
  })

  test('keys init keeps a key that is there', async () => {
    const before = await site.vault.request('GET', 'cosign/data/tiers/dev')
    const { exitCode, error } = await site.tierseal('keys', 'init', 'dev')
    expect(exitCode).toBe(2)
    expect(error).toContain('error[KEY_EXISTS]')
    const after = await site.vault.request('GET', 'cosign/data/tiers/dev')
    expect(secretOf(after.body)).toEqual(secretOf(before.body))
  })

  test('keys init lets Vault make the key of a tier with handover transit', async () => {
    expect(await site.tierseal('keys', 'init', 'prod')).toMatchObject({ exitCode: 0, error: '' })
    expect((await site.vault.request('GET', 'cosign/data/tiers/prod')).status).toBe(404)
    expect(site.read('keys/prod.pem')).toContain('BEGIN PUBLIC KEY')
    expect(await site.tierseal('keys', 'init', 'prod')).toMatchObject({ exitCode: 2 })
  })

  test('keys init publishes a transit key of which half a failure kept the public part back', async () => {
    const before = site.read('keys/prod.pem')
    rmSync(join(site.folder, 'keys/prod.pem'))
    expect(await statusOf('DELETE', 'cosign/metadata/public/prod', site.vault.rootToken)).toBe(204)
    expect(await site.tierseal('keys', 'init', 'prod')).toMatchObject({ exitCode: 0, error: '' })
    expect(site.read('keys/prod.pem')).toBe(before)
    const open = await site.vault.request('GET', 'cosign/data/public/prod')
    expect(secretOf(open.body)).toEqual({ public_key: before, version: '1' })
  })

  test('keys init publishes no transit key that Vault would give away', async () => {
    const before = site.read('tiers.yaml')
    const next = 'handover: transit, transitKey: own-key, publicPath: public/own'
    site.write('tiers.yaml', before.replace('handover: transit', next))
    await site.vault.request('POST', 'transit/keys/own-key', {
      type: 'ecdsa-p256',
      exportable: true,
    })
    const { exitCode, error } = await site.tierseal('keys', 'init', 'prod')
    expect({ exitCode, error }).toEqual({
      exitCode: 2,
      error: expect.stringMatching(/KEY_EXISTS.*transit\/keys\/own-key.*exportable/),
    })
    site.write('tiers.yaml', before)
  })

  test('keys fetch tells a record that is not what Vault holds, and writes it where told to', async () => {
    expect(await site.tierseal('keys', 'fetch', '--check')).toMatchObject({ exitCode: 0 })
    const other = site.read('keys/prod.pem')
    const own = site.read('keys/dev.pem')
    site.write('keys/dev.pem', other)
    expect(await site.tierseal('keys', 'fetch', '--check', '--drop-others')).toMatchObject({
      exitCode: 1,
      out: expect.stringMatching(
        /^keys\/dev.pem differs from Vault\n.*lacks sha256.*\n.*drop sha256/,
      ),
    })
    expect(site.read('keys/dev.pem')).toBe(other)
    expect(await site.tierseal('keys', 'fetch', '--drop-others')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('keys/dev.pem recorded'),
    })
    expect(site.read('keys/dev.pem')).toBe(own)
  })

  test('keys fetch records no key that another tier has on record', async () => {
    const record = site.read('keys/dev.pem')
    const own = site.read('keys/prod.pem')
    site.write('keys/prod.pem', record)
    const { exitCode, error } = await site.tierseal('keys', 'fetch', 'dev')
    expect(exitCode).toBe(2)
    expect(error).toContain('[PUBLIC_KEY_SHARED]: keys/dev.pem and keys/prod.pem hold the same key')
    expect(await site.tierseal('keys', 'fetch', 'prod')).toMatchObject({ exitCode: 2 })
    expect(await site.tierseal('keys', 'fetch', 'prod', '--drop-others')).toMatchObject({
      exitCode: 0,
    })
    expect(site.read('keys/prod.pem')).toBe(own)
  })

  test('the dev role reads its own key and its public part, and nothing else', async () => {
    const token = (await loginAs('dev')) ?? ''
    const path = (name: string): string => `cosign/data/${name}`
    expect(await statusOf('GET', path('tiers/dev'), token)).toBe(200)
    expect(await statusOf('GET', path('public/dev'), token)).toBe(200)
    const denied: readonly (readonly [string, string])[] = [
      ['GET', path('tiers/prod')],
      ['GET', path('public/prod')],
      ['POST', path('tiers/dev')],
      ['GET', 'cosign/metadata/tiers/dev'],
      ['GET', 'transit/keys/cosign-prod'],
      ['POST', 'transit/sign/cosign-prod/sha2-256'],
      ['POST', 'auth/token/create'],
    ]
    const statuses = denied.map(([method, target]) => statusOf(method, target, token, input))
    expect(await Promise.all(statuses)).toEqual(denied.map(() => 403))
  })

  test('the prod role signs with its key, reads its public part, and nothing else', async () => {
    const token = (await loginAs('prod')) ?? ''
    expect(await statusOf('POST', 'transit/sign/cosign-prod/sha2-256', token, input)).toBe(200)
    expect(await statusOf('GET', 'transit/keys/cosign-prod', token)).toBe(200)
    expect(await statusOf('GET', 'cosign/data/public/prod', token)).toBe(200)
    expect(await statusOf('GET', 'cosign/data/tiers/dev', token)).toBe(403)
    expect(await statusOf('GET', 'transit/export/signing-key/cosign-prod', token)).toBe(403)
    expect(await statusOf('POST', 'transit/keys/cosign-prod/rotate', token)).toBe(403)
  })

  test.each([
    ['dev', { 'secret-path': 'tiers/dev' }],
    ['prod', { handover: 'transit', 'transit-key': 'cosign-prod' }],
  ])('vault-fetch-key accepts the role and the policy of %s as they are', async (tier, key) => {
    const inputs = { 'public-path': `public/${tier}`, ...key }
    const { annotations, outputs } = await site.fetchStep(tier, inputs)
    expect(annotations).toEqual([])
    expect(outputs['public-key']).toContain('BEGIN PUBLIC KEY')
  })

  test('a token dies of its uses, and of its own revocation', async () => {
    const token = (await loginAs('dev')) ?? ''
    const revoked = await statusOf('POST', 'auth/token/revoke-self', token)
    expect([revoked, await statusOf('GET', 'cosign/data/tiers/dev', token)]).toEqual([204, 403])
    const counted = (await loginAs('dev')) ?? ''
    const statuses: number[] = []
    for (let use = 0; use < 13; use += 1) {
      statuses.push(await statusOf('GET', 'cosign/data/tiers/dev', counted))
    }
    expect(statuses).toEqual([...Array(12).fill(200), 403])
  })

  test('the service account of one tier cannot log in to the role of another', async () => {
    expect(await loginAs('prod', 'ci-dev')).toBeUndefined()
    expect(await loginAs('dev', 'ci-prod')).toBeUndefined()
  })

  test('says what to do without a token', async () => {
    const { exitCode, error } = await runIn(site.folder, ['vault', 'apply'])
    expect(exitCode).toBe(2)
    expect(error).toContain('error[VAULT_TOKEN_MISSING]')
  })
})

function secretOf(body: unknown): Readonly<Record<string, string>> {
  const parsed: { data?: { data?: Record<string, string> } } = JSON.parse(JSON.stringify(body))
  return parsed.data?.data ?? {}
}

function roleOf(body: unknown): Readonly<Record<string, unknown>> {
  const parsed: { data?: Record<string, unknown> } = JSON.parse(JSON.stringify(body))
  return parsed.data ?? {}
}
