import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspectSite } from '@tierseal/tiers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { renderSite } from './render-site.ts'
import { SiteFolder } from './site-files/folder.ts'
import { generateSite } from './site-files/generate.ts'
import { siteState } from './site-files/state.ts'

const name = fc.stringMatching(/^[a-z][a-z0-9]{2,8}$/)
const names = (count: number) => fc.uniqueArray(name, { minLength: 1, maxLength: count })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const sha = fc.stringMatching(/^[0-9a-f]{40}$/)
const version = fc.constantFrom('v1.0.0', 'v2', '3.1')

// Names that have nothing in common, so that no value of a tier names another.
const tiers = fc
  .record({
    names: names(4),
    parts: fc.array(
      fc.record({
        kyverno: fc.constantFrom('1.18', '1.19', '1.20'),
        argocd: fc.constantFrom('3.2', '3.5', '3.6'),
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
      const legacy = part?.kyverno === '1.18' ? { signature: { format: 'legacy' } } : {}
      return {
        name: `t${index}${tier}`,
        branch: `b${index}/${tier}`,
        cluster: `https://c${index}.internal:6443`,
        kyverno: part?.kyverno,
        argocd: part?.argocd,
        ...legacy,
        ...(part?.handover === undefined ? {} : { vault: { handover: part.handover } }),
        ...(part?.mode === undefined ? {} : { pin: { mode: part.mode } }),
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
      { host: 'registry.internal:5000', ca: '/etc/ca.pem' },
      { host: 'localhost:5000', pullSecret: 'pull' },
    ),
    vault: fc.constant({ address: 'https://vault.internal:8200' }),
    gitops: fc.constant({ repository: 'https://git.internal/a/b.git' }),
    services: names(5).map((all) => all.map((service) => ({ name: `s${service}` }))),
    tiers,
  })
  .map((written) => ({ generator: '1.0.0', ...written }))

test('any valid site generates to the same bytes twice, and is then clean', () => {
  fc.assert(
    fc.property(site, (written) => {
      const loading = inspectSite('tiers.yaml', stringify(written))
      if (!loading.ok) throw new Error(JSON.stringify(loading.findings))
      const { site: loaded } = loading.loaded
      const files = renderSite(loaded)
      expect(renderSite(loaded).map(({ text }) => text)).toEqual(files.map(({ text }) => text))
      expect(new Set(files.map(({ path }) => path)).size).toBe(files.length)
      const path = mkdtempSync(join(tmpdir(), 'tierseal-test-property-'))
      try {
        const folder = new SiteFolder(path)
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
