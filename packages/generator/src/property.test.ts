import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspectSite } from '@tierseal/tiers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readPublicKeys } from './public-keys.ts'
import { renderSite } from './render-site.ts'
import { SiteFolder } from './site-files/folder.ts'
import { generateSite } from './site-files/generate.ts'
import { siteState } from './site-files/state.ts'
import { Templates, templatesFolder } from './templates.ts'

const name = fc.stringMatching(/^[a-z][a-z0-9]{2,8}$/)
const names = (count: number) => fc.uniqueArray(name, { minLength: 1, maxLength: count })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const sha = fc.stringMatching(/^[0-9a-f]{40}$/)
const digest = `sha256:${'a'.repeat(64)}`
const version = fc.constantFrom('v1.0.0', 'v2', '3.1')

const host = 'registry.internal:5000'
const image = `${host}/platform/kaniko@${digest}`
const build = fc.constantFrom(
  { engine: 'buildah' },
  { executor: 'in-place' },
  { executor: 'kubernetes', image },
  {
    executor: 'kubernetes',
    image,
    limits: { memory: '1Gi' },
    nodeSelector: { 'site/builds': 'y' },
  },
)
const policy = fc.record({
  runbooks: maybe(fc.constant('https://git.internal/runbooks')),
  platformImages: maybe(fc.constant([`${host}/platform/runner@${digest}`])),
  excludedNamespaces: maybe(fc.constantFrom(['kube-system'], ['kyverno', 'storage'])),
  exceptions: maybe(fc.constant(['kyverno/debug'])),
})

function signatureOf(kyverno: string, format: string) {
  const isOld = kyverno === '1.13' || kyverno === '1.18'
  if (isOld && format === 'oci-1-1') return { format, cosign: '2' }
  return { format: isOld || format === 'oci-1-1' ? 'legacy' : format }
}

function trialsOf(tier: string) {
  return { signed: `${host}/${tier}/a@${digest}`, unsigned: `${host}/${tier}/b@${digest}` }
}

// Names that have nothing in common, so that no value of a tier names another.
const tiers = fc
  .record({
    names: names(4),
    parts: fc.array(
      fc.record({
        kyverno: fc.constantFrom('1.13', '1.18', '1.19', '1.20'),
        format: fc.constantFrom('bundle', 'legacy', 'oci-1-1'),
        argocd: fc.constantFrom('3.0', '3.2', '3.5', '3.6'),
        build: maybe(build),
        signingKey: maybe(fc.constantFrom('OWN_SIGNING_KEY')),
        hasTrials: fc.boolean(),
        handover: maybe(fc.constantFrom('wrapped', 'transit', 'file')),
        mode: maybe(fc.constantFrom('push', 'pull-request')),
        keys: maybe(fc.array(fc.stringMatching(/^[0-9A-F]{16}$/), { minLength: 1, maxLength: 3 })),
      }),
      { minLength: 4, maxLength: 4 },
    ),
  })
  .map(({ names: chosen, parts }) =>
    chosen.map((tier, index) => {
      const part = parts[index]
      return {
        name: `t${index}${tier}`,
        branch: `b${index}/${tier}`,
        cluster: `https://c${index}.internal:6443`,
        kyverno: part?.kyverno,
        argocd: part?.argocd,
        signature: signatureOf(part?.kyverno ?? '', part?.format ?? ''),
        ...(part?.build === undefined ? {} : { build: part.build }),
        ...(part?.hasTrials === true ? { trialImages: trialsOf(`t${index}${tier}`) } : {}),
        ...(part?.handover === undefined ? {} : { vault: { handover: part.handover } }),
        pin: {
          mode: part?.mode ?? 'push',
          signingKey: part?.signingKey === undefined ? undefined : `${part.signingKey}_${index}`,
        },
        ...(part?.keys === undefined ? {} : { sourceIntegrity: { keys: part.keys } }),
      }
    }),
  )

const site = fc
  .record({
    forge: fc.constantFrom('gitea', 'github'),
    actions: fc.record({ source: fc.constant('org/actions'), version, sha }),
    checkout: fc.record({ source: fc.constant('actions/checkout'), version, sha }),
    registry: fc.constantFrom(
      { ca: '/etc/ca.pem' },
      { pullSecret: 'pull' },
      { plainHttp: true },
      { mirrors: { 'docker.io': `${host}/hub` } },
    ),
    policy: maybe(policy),
    vault: fc.constant({ address: 'https://vault.internal:8200' }),
    gitops: fc.constant({ repository: 'https://git.internal/a/b.git' }),
    services: names(5).map((all) => all.map((service) => ({ name: `s${service}` }))),
    tiers,
  })
  .map(({ registry, tiers: all, ...written }) => ({
    ...{ generator: '1.0.0', ...written, registry: { host, ...registry } },
    // Nothing that is protected speaks HTTP.
    tiers: 'plainHttp' in registry ? all.map((tier) => ({ ...tier, protected: false })) : all,
  }))

// Of each tier in turn, none, one or two.
const keyCounts = fc.array(fc.constantFrom(0, 1, 2), { minLength: 4, maxLength: 4 })
const pool = Array.from({ length: 8 }, () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString(),
)

test('any valid site generates to the same bytes twice, and is then clean', () => {
  fc.assert(
    fc.property(site, keyCounts, (written, counts) => {
      const loading = inspectSite('tiers.yaml', stringify(written))
      if (!loading.ok) throw new Error(JSON.stringify(loading.findings))
      const { site: loaded } = loading.loaded
      const path = mkdtempSync(join(tmpdir(), 'tierseal-test-property-'))
      try {
        const folder = new SiteFolder(path)
        mkdirSync(join(path, 'keys'))
        for (const [index, tier] of loaded.tiers.entries()) {
          const own = pool.slice(2 * index, 2 * index + (counts[index] ?? 0))
          if (own.length > 0) writeFileSync(join(path, `keys/${tier.name}.pem`), own.join(''))
        }
        const render = () => renderSite(loaded, readPublicKeys(loaded, folder))
        const files = render()
        expect(render().map(({ text }) => text)).toEqual(files.map(({ text }) => text))
        expect(new Set(files.map((file) => file.path)).size).toBe(files.length)
        generateSite(loaded, files, folder, { force: false, prune: false, dryRun: false })
        const states = siteState(loaded, files, folder).map(({ state }) => state)
        expect(new Set(states)).toEqual(new Set(['clean']))
      } finally {
        rmSync(path, { recursive: true, force: true })
      }
    }),
    { numRuns: 30 },
  )
}, 60_000)

test('the sites that are drawn use every template there is', () => {
  const templates = new Templates()
  const used = fc
    .sample(fc.tuple(site, keyCounts), { seed: 5, numRuns: 40 })
    .flatMap(([drawn, counts]) => {
      const loading = inspectSite('tiers.yaml', stringify(drawn))
      if (!loading.ok) throw new Error(JSON.stringify(loading.findings))
      const { site: loaded } = loading.loaded
      const keys = loaded.tiers.map(
        ({ name: tier }, index) => [tier, pool.slice(0, counts[index])] as const,
      )
      return renderSite(loaded, new Map(keys), templates).map(({ trace }) => trace?.template.name)
    })
  const all = readdirSync(templatesFolder, { recursive: true, encoding: 'utf8' })
  expect(new Set(used)).toEqual(
    new Set([undefined, ...all.filter((path) => path.endsWith('.yaml'))]),
  )
}, 60_000)
