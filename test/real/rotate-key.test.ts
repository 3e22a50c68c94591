import { lacksTools } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startVaultSite, type VaultSite } from './site/vault-site.ts'

let site: VaultSite

function edit(path: string, from: string | RegExp, to: string): void {
  const before = site.read(path)
  const after = before.replace(from, to)
  expect(after).not.toBe(before)
  site.write(path, after)
}

const keysIn = (text: string): number => text.match(/BEGIN PUBLIC KEY/g)?.length ?? 0

async function statusOf(path: string): Promise<number> {
  return (await site.vault.request('GET', path)).status
}

async function fetchStep(tier: string, key: Readonly<Record<string, string>>) {
  const { annotations, outputs } = await site.fetchStep(tier, key)
  return {
    said: annotations.map(({ message }) => message).join('\n'),
    publicKey: outputs['public-key'],
  }
}

const place = {
  dev: '    vault: { path: tiers/dev-2, publicPath: public/dev-2 }\n',
  prod: '{ handover: transit, transitKey: cosign-prod-2, publicPath: public/prod-2 }',
}

// Every step of docs/runbooks/rotate-key.md, in its order, with the commands that it names.
describe.skipIf(lacksTools('openbao'))('a key is rotated as the runbook says', () => {
  beforeAll(async () => {
    site = await startVaultSite()
    for (const tier of ['dev', 'prod']) {
      expect(await site.tierseal('keys', 'init', tier)).toMatchObject({ exitCode: 0, error: '' })
    }
    expect(await site.tierseal('vault', 'apply')).toMatchObject({ exitCode: 0, error: '' })
    expect(await site.tierseal('generate')).toMatchObject({ exitCode: 0 })
  })

  afterAll(() => site?.[Symbol.asyncDispose]())

  test.each([
    [
      'dev',
      /(name: dev\n)/,
      `$1${place.dev}`,
      'cosign/data/tiers/dev-2',
      { 'secret-path': 'tiers/dev-2' },
      ['cosign/metadata/tiers/dev', 'cosign/metadata/public/dev'],
    ],
    [
      'prod',
      '{ handover: transit }',
      place.prod,
      'transit/keys/cosign-prod-2',
      { handover: 'transit', 'transit-key': 'cosign-prod-2' },
      ['transit/keys/cosign-prod', 'cosign/metadata/public/prod'],
    ],
  ])('the key of %s', async (tier, from, to, path, place, oldPaths) => {
    const key = { 'public-path': `public/${tier}-2`, ...place }
    const old = site.read(`keys/${tier}.pem`)
    const policy = `platform/${tier}/kyverno/images.yaml`

    const untouched = site.read('tiers.yaml')
    edit('tiers.yaml', from, to)
    const rotated = site.read('tiers.yaml')
    const made = await site.tierseal('keys', 'init', tier)
    expect(made).toMatchObject({ exitCode: 0, error: '' })
    expect(made.out).toContain('docs/runbooks/rotate-key.md')
    expect(await statusOf(path)).toBe(200)
    const both = site.read(`keys/${tier}.pem`)
    expect(both).toContain(old)
    expect(keysIn(both)).toBe(2)

    expect(await site.tierseal('generate')).toMatchObject({ exitCode: 0 })
    expect(keysIn(site.read(policy))).toBe(2)
    const workflow = site.read(`services/payments/.gitea/workflows/deploy-${tier}.yaml`)
    for (const [name, value] of Object.entries(key)) expect(workflow).toContain(`${name}: ${value}`)
    expect((await fetchStep(tier, key)).said).toMatch(/^VAULT_POLICY_TOO_NARROW: /)

    // Half-way: the key is in Vault, and a run that was killed recorded nothing.
    site.write(`keys/${tier}.pem`, old)
    expect((await site.tierseal('keys', 'init', tier)).error).toContain('KEY_EXISTS')
    expect(await site.tierseal('keys', 'fetch', tier)).toMatchObject({ exitCode: 0, error: '' })
    expect(site.read(`keys/${tier}.pem`)).toBe(both)

    // Whoever records what Vault holds in the middle of it takes no key away.
    expect(await site.tierseal('keys', 'fetch', tier)).toMatchObject({ exitCode: 0, error: '' })
    expect(site.read(`keys/${tier}.pem`)).toBe(both)
    expect((await site.tierseal('keys', 'fetch', tier, '--check')).exitCode).toBe(1)

    expect((await site.tierseal('vault', 'apply', tier, '--dry-run')).out).toContain(`${tier}-2`)
    expect(await site.tierseal('vault', 'apply', tier)).toMatchObject({ exitCode: 0, error: '' })
    const before = Object.fromEntries(
      Object.entries(key).map(([name, value]) => [name, value.replace(/-2$/, '')]),
    )
    expect((await fetchStep(tier, before)).said).toMatch(/^VAULT_POLICY_TOO_NARROW: /)

    // The way back: the old paths, with both keys on record.
    for (const [text, signing] of [
      [untouched, before],
      [rotated, key],
    ] as const) {
      site.write('tiers.yaml', text)
      expect(await site.tierseal('generate')).toMatchObject({ exitCode: 0 })
      expect(keysIn(site.read(policy))).toBe(2)
      expect(await site.tierseal('vault', 'apply', tier)).toMatchObject({ exitCode: 0, error: '' })
      expect((await fetchStep(tier, signing)).said).toBe('')
    }
    const fetched = await fetchStep(tier, key)
    expect(fetched).toMatchObject({ said: '' })
    expect(both.replace(old, '').trim()).toBe(fetched.publicKey)

    // An exposed key: no job signs until vault apply has made the role again.
    const role = `auth/kubernetes/role/ci-signer-${tier}`
    expect((await site.vault.request('DELETE', role)).status).toBe(204)
    expect((await fetchStep(tier, key)).said).toMatch(/^VAULT_ROLE_UNKNOWN: /)
    expect(await site.tierseal('vault', 'apply', tier)).toMatchObject({ exitCode: 0, error: '' })
    expect((await fetchStep(tier, key)).said).toBe('')

    const shown = await site.tierseal('keys', 'fetch', tier, '--drop-others', '--check')
    expect(shown).toMatchObject({ exitCode: 1, out: expect.stringContaining('would drop sha256:') })
    expect(site.read(`keys/${tier}.pem`)).toBe(both)
    expect(await site.tierseal('keys', 'fetch', tier, '--drop-others')).toMatchObject({
      exitCode: 0,
    })
    expect(both.replace(old, '')).toBe(site.read(`keys/${tier}.pem`))
    expect(await site.tierseal('generate')).toMatchObject({ exitCode: 0 })
    expect(keysIn(site.read(policy))).toBe(1)
    expect((await site.tierseal('keys', 'fetch', tier, '--check')).exitCode).toBe(0)

    await site.vault.request('POST', 'transit/keys/cosign-prod/config', { deletion_allowed: true })
    for (const gone of oldPaths) expect((await site.vault.request('DELETE', gone)).status).toBe(204)
    expect((await fetchStep(tier, key)).said).toBe('')
  })

  test('a third key is refused before Vault has it', async () => {
    const own = site.read('keys/dev.pem')
    const two = own + site.read('keys/prod.pem')
    site.write('keys/dev.pem', two)
    edit(
      'tiers.yaml',
      'tiers/dev-2, publicPath: public/dev-2',
      'tiers/dev-3, publicPath: public/dev-3',
    )
    expect(await site.tierseal('keys', 'init', 'dev')).toMatchObject({
      exitCode: 2,
      error: expect.stringMatching(/PUBLIC_KEY_INVALID.*beside two keys[\s\S]*--drop-others/),
    })
    expect(await statusOf('cosign/data/tiers/dev-3')).toBe(404)
    expect(site.read('keys/dev.pem')).toBe(two)
    site.write('keys/dev.pem', own)
  })
})
