import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  lacksTools,
  prepareVault,
  runAction,
  startTokenReview,
  startVault,
  type TestVault,
  type TokenReview,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, runIn } from '../../packages/cli/src/testing/command.ts'
import { siteText } from './site/site-text.ts'

let vault: TestVault
let reviewer: TokenReview
let folder: string

function tierseal(...args: readonly string[]): Promise<Ended> {
  const env = { VAULT_TOKEN: vault.rootToken }
  const ofVault = args[0] === 'generate' ? [] : ['--vault-ca', vault.caPath]
  return runIn(folder, [...args, ...ofVault], { env })
}

function edit(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(join(folder, path), 'utf8')
  expect(before.replace(from, to)).not.toBe(before)
  writeFileSync(join(folder, path), before.replace(from, to))
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
const keysIn = (text: string): number => text.match(/BEGIN PUBLIC KEY/g)?.length ?? 0

async function statusOf(path: string): Promise<number> {
  return (await vault.request('GET', path)).status
}

/** The fetch step of a job whose workflow names these. */
async function fetchStep(tier: string, key: Readonly<Record<string, string>>) {
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, reviewer.issue({ namespace: `ci-${tier}`, name: 'ci-signer' }))
  const ended = await runAction('vault-fetch-key', {
    inputs: {
      'vault-address': vault.address,
      'vault-ca': vault.caPath,
      role: `ci-signer-${tier}`,
      'token-file': tokenFile,
      'expected-policies': `cosign-${tier}`,
      ...key,
    },
  })
  rmSync(tokenFile)
  const said = ended.annotations.map(({ message }) => message).join('\n')
  return { said, publicKey: ended.outputs['public-key'] }
}

const place = {
  dev: '    vault: { path: tiers/dev-2, publicPath: public/dev-2 }\n',
  prod: '{ handover: transit, transitKey: cosign-prod-2, publicPath: public/prod-2 }',
}

// Every step of docs/runbooks/rotate-key.md, in its order, with the commands that it names.
describe.skipIf(lacksTools('openbao'))('a key is rotated as the runbook says', () => {
  beforeAll(async () => {
    vault = await startVault()
    folder = mkdtempSync(join(temporaryDirectory('rotate'), 'site-'))
    writeFileSync(join(folder, 'tiers.yaml'), siteText({ vault: vault.address }))
    reviewer = await startTokenReview()
    await prepareVault(vault, reviewer)
    await vault.request('POST', 'sys/mounts/transit', { type: 'transit' })
    for (const tier of ['dev', 'prod']) {
      expect(await tierseal('keys', 'init', tier)).toMatchObject({ exitCode: 0, error: '' })
    }
    expect(await tierseal('vault', 'apply')).toMatchObject({ exitCode: 0, error: '' })
    expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
  })

  afterAll(async () => {
    await vault?.stop()
    await reviewer?.stop()
  })

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
    const old = read(`keys/${tier}.pem`)
    const policy = `platform/${tier}/kyverno/images.yaml`

    const untouched = read('tiers.yaml')
    edit('tiers.yaml', from, to)
    const rotated = read('tiers.yaml')
    const made = await tierseal('keys', 'init', tier)
    expect(made).toMatchObject({ exitCode: 0, error: '' })
    expect(made.out).toContain('docs/runbooks/rotate-key.md')
    expect(await statusOf(path)).toBe(200)
    const both = read(`keys/${tier}.pem`)
    expect(both).toContain(old)
    expect(keysIn(both)).toBe(2)

    expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
    expect(keysIn(read(policy))).toBe(2)
    const workflow = read(`services/payments/.gitea/workflows/deploy-${tier}.yaml`)
    for (const [name, value] of Object.entries(key)) expect(workflow).toContain(`${name}: ${value}`)
    expect((await fetchStep(tier, key)).said).toMatch(/^VAULT_POLICY_TOO_NARROW: /)

    // Half-way: the key is in Vault, and a run that was killed recorded nothing.
    writeFileSync(join(folder, `keys/${tier}.pem`), old)
    expect((await tierseal('keys', 'init', tier)).error).toContain('KEY_EXISTS')
    expect(await tierseal('keys', 'fetch', tier)).toMatchObject({ exitCode: 0, error: '' })
    expect(read(`keys/${tier}.pem`)).toBe(both)

    // Whoever records what Vault holds in the middle of it takes no key away.
    expect(await tierseal('keys', 'fetch', tier)).toMatchObject({ exitCode: 0, error: '' })
    expect(read(`keys/${tier}.pem`)).toBe(both)
    expect((await tierseal('keys', 'fetch', tier, '--check')).exitCode).toBe(1)

    expect((await tierseal('vault', 'apply', tier, '--dry-run')).out).toContain(`${tier}-2`)
    expect(await tierseal('vault', 'apply', tier)).toMatchObject({ exitCode: 0, error: '' })
    const before = Object.fromEntries(
      Object.entries(key).map(([name, value]) => [name, value.replace(/-2$/, '')]),
    )
    expect((await fetchStep(tier, before)).said).toMatch(/^VAULT_POLICY_TOO_NARROW: /)

    // The way back: the old paths, with both keys on record.
    for (const [text, signing] of [
      [untouched, before],
      [rotated, key],
    ] as const) {
      writeFileSync(join(folder, 'tiers.yaml'), text)
      expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
      expect(keysIn(read(policy))).toBe(2)
      expect(await tierseal('vault', 'apply', tier)).toMatchObject({ exitCode: 0, error: '' })
      expect((await fetchStep(tier, signing)).said).toBe('')
    }
    const fetched = await fetchStep(tier, key)
    expect(fetched).toMatchObject({ said: '' })
    expect(both.replace(old, '').trim()).toBe(fetched.publicKey)

    // An exposed key: no job signs until vault apply has made the role again.
    const role = `auth/kubernetes/role/ci-signer-${tier}`
    expect((await vault.request('DELETE', role)).status).toBe(204)
    expect((await fetchStep(tier, key)).said).toMatch(/^VAULT_ROLE_UNKNOWN: /)
    expect(await tierseal('vault', 'apply', tier)).toMatchObject({ exitCode: 0, error: '' })
    expect((await fetchStep(tier, key)).said).toBe('')

    const shown = await tierseal('keys', 'fetch', tier, '--drop-others', '--check')
    expect(shown).toMatchObject({ exitCode: 1, out: expect.stringContaining('would drop sha256:') })
    expect(read(`keys/${tier}.pem`)).toBe(both)
    expect(await tierseal('keys', 'fetch', tier, '--drop-others')).toMatchObject({ exitCode: 0 })
    expect(both.replace(old, '')).toBe(read(`keys/${tier}.pem`))
    expect(await tierseal('generate')).toMatchObject({ exitCode: 0 })
    expect(keysIn(read(policy))).toBe(1)
    expect((await tierseal('keys', 'fetch', tier, '--check')).exitCode).toBe(0)

    await vault.request('POST', 'transit/keys/cosign-prod/config', { deletion_allowed: true })
    for (const gone of oldPaths) expect((await vault.request('DELETE', gone)).status).toBe(204)
    expect((await fetchStep(tier, key)).said).toBe('')
  })

  test('a third key is refused before Vault has it', async () => {
    const own = read('keys/dev.pem')
    const two = own + read('keys/prod.pem')
    writeFileSync(join(folder, 'keys/dev.pem'), two)
    edit(
      'tiers.yaml',
      'tiers/dev-2, publicPath: public/dev-2',
      'tiers/dev-3, publicPath: public/dev-3',
    )
    expect(await tierseal('keys', 'init', 'dev')).toMatchObject({
      exitCode: 2,
      error: expect.stringMatching(/PUBLIC_KEY_INVALID.*beside two keys[\s\S]*--drop-others/),
    })
    expect(await statusOf('cosign/data/tiers/dev-3')).toBe(404)
    expect(read('keys/dev.pem')).toBe(two)
    writeFileSync(join(folder, 'keys/dev.pem'), own)
  })
})
