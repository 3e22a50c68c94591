import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadSite, nameOf } from '@tierseal/tiers'
import { expect, test } from 'vitest'
import { isMap, isScalar, isSeq } from 'yaml'
import { readPublicKeys } from '../public-keys.ts'
import { renderSite } from '../render-site.ts'
import { SiteFolder } from '../site-files/folder.ts'
import { linesOfKey, originOfLine } from './origin.ts'

const folder = fileURLToPath(new URL('../../../../examples/site', import.meta.url))
const loaded = loadSite('tiers.yaml', readFileSync(`${folder}/tiers.yaml`, 'utf8'))
const files = renderSite(loaded.site, readPublicKeys(loaded.site, new SiteFolder(folder)))

function* writtenKeys(node: unknown, path: readonly (string | number)[]): Generator<string> {
  if (isScalar(node)) yield nameOf(path)
  if (isSeq(node))
    for (const [index, item] of node.items.entries()) yield* writtenKeys(item, [...path, index])
  if (!isMap(node)) return
  for (const { key, value } of node.items) yield* writtenKeys(value, [...path, String(key)])
}

const written = [...writtenKeys(loaded.source.document.contents, [])]

// What a rule between values reads, and no file says.
const checked = ['tiers[1].signature.cosign']

test.each(written.filter((key) => !checked.includes(key)))('%s ends up in a line', (key) => {
  expect(linesOfKey(loaded, files, key).length).toBeGreaterThan(0)
})

test('every line of every file has a source', () => {
  const without = files.flatMap(({ path, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((_, index) => originOfLine(loaded, files, path, index + 1))
      .filter(({ template }) => !/^(workflows|packages)\/.+/.test(template)),
  )
  expect(without).toEqual([])
})

function keysAt(path: string, pattern: RegExp): readonly string[] {
  const lines = files.find((file) => file.path === path)?.text.split('\n') ?? []
  const line = lines.findIndex((text) => pattern.test(text)) + 1
  return originOfLine(loaded, files, path, line).keys.map(({ key }) => key)
}

test.each([
  ['platform/dev/kyverno/images.yaml', /BEGIN PUBLIC/, 'keys/dev.pem'],
  ['platform/dev/kyverno/images.yaml', /^# Generated/, 'tiers[0].kyverno'],
  ['platform/dev/kyverno/images.yaml', /^# Generated/, 'generator'],
  ['platform/dev/vault/policy.hcl', /tiers\/dev"/, 'tiers[0].vault.path'],
  ['platform/prod/vault/policy.hcl', /sign\/cosign-prod/, 'tiers[2].vault.transitKey'],
  ['platform/prod/vault/policy.hcl', /^# By hand/, 'tiers[2].vault.policy'],
  ['platform/prod/argocd/project.yaml', /^# Generated/, 'tiers[2].argocd'],
  ['platform/staging/kubernetes/build-pods.yaml', /^# Generated/, 'tiers[1].build.executor'],
  ['platform/forge/CODEOWNERS', /tiers/, 'forge'],
  ['platform/forge/CODEOWNERS', /@platform/, 'owners'],
  ['platform/forge/protected-paths.txt', /keys/, 'forge'],
  ['platform/forge/renovate.json', /registryUrl/, 'forgeAddress'],
  ['services/orders/.gitea/workflows/deploy-dev.yaml', /^# Generated/, 'services[1].name'],
  ['services/orders/.github/actionlint.yaml', /prod-signer/, 'tiers[2].runner'],
])('a line of %s is owned, and found by its owner: %s', (path, pattern, key) => {
  expect(keysAt(path, pattern)).toContain(key)
  const lines = linesOfKey(loaded, files, key).filter((origin) => origin.path === path)
  expect(lines.some(({ text }) => pattern.test(text))).toBe(true)
})

test.each([
  ['dev.runer', 'tiers.yaml has no key tiers[0].runer', 'Did you mean runner?'],
  ['dev.vault.rolle', 'tiers.yaml has no key tiers[0].vault.rolle', 'Did you mean role?'],
  ['registery.host', 'tiers.yaml has no key registery.host', 'Did you mean registry?'],
  ['paymens', 'tiers.yaml has no key paymens', 'Did you mean payments?'],
  ['dev.protected', 'no line of this site is made from tiers[0].protected', undefined],
  [
    'staging.signature.cosign',
    'no line of this site is made from tiers[1].signature.cosign',
    undefined,
  ],
])('%s: %s', (asked, message, hint) => {
  expect(() => linesOfKey(loaded, files, asked)).toThrow(
    expect.objectContaining({
      code: 'ORIGIN_UNKNOWN',
      message,
      hint: hint ?? expect.stringContaining('only checked'),
    }),
  )
})
