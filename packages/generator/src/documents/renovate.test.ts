import { readFileSync } from 'node:fs'
import { loadSite } from '@tierseal/tiers'
import { describe, expect, test } from 'vitest'
import { renderSite } from '../render-site.ts'

const example = new URL('../../../../examples/site/tiers.yaml', import.meta.url)
const { site } = loadSite('tiers.yaml', readFileSync(example, 'utf8'))
const rendered = renderSite(site).find(({ path }) => path.endsWith('renovate.json'))
const { customManagers } = JSON.parse(rendered?.text ?? '{}')
const [{ matchStrings }] = customManagers

const sha = '3f1d2c4b5a69788796a5b4c3d2e1f00112233445'

function found(text: string): unknown {
  const groups = matchStrings.flatMap(
    (pattern: string) => new RegExp(pattern).exec(text)?.groups ?? [],
  )
  return groups[0]
}

// Renovate reads by these patterns alone; each form is one that tiers.yaml takes.
describe('the rule for Renovate finds a pinned action', () => {
  test.each([
    ['in block style', `actions:\n  source: a/b\n  version: v1.2.3\n  sha: ${sha}\n`, 'v1.2.3'],
    ['in flow style', `actions: { source: a/b, version: v1.2.3, sha: ${sha} }`, 'v1.2.3'],
    ['in quotes', `source: "a/b"\n  version: "1.2"\n  sha: "${sha}"`, '1.2'],
    ['in another order', `sha: ${sha}\n  source: a/b\n  version: v2\n`, 'v2'],
    ['before a release', `source: a/b\n  version: v2.0.0-rc.1\n  sha: ${sha}`, 'v2.0.0-rc.1'],
    ['with comments', `source: a/b # ours\n  version: v2 # newest\n  sha: ${sha}`, 'v2'],
  ])('%s', (_, text, currentValue) => {
    expect(found(text)).toEqual({ depName: 'a/b', currentValue, currentDigest: sha })
  })

  test('and both of the example', () => {
    const text = readFileSync(example, 'utf8')
    const names = [...text.matchAll(new RegExp(matchStrings[0], 'g'))].map(
      ({ groups }) => groups?.['depName'],
    )
    expect(names).toEqual(['platform/actions', 'actions/checkout'])
  })
})
