import { readFileSync } from 'node:fs'
import { loadSite } from '@tierseal/tiers'
import { expect, test } from 'vitest'
import { findOpenings } from './openings.ts'

const path = new URL('../../../examples/site/tiers.yaml', import.meta.url)
const text = readFileSync(path, 'utf8').replace('policy:', 'policy:\n  exceptions: [ops/known]')
const { site } = loadSite('tiers.yaml', text)

const exception = (name: string): string =>
  `- { kind: PolicyException, metadata: { name: ${name}, namespace: ops } }`

const configMap = (namespaces: readonly string[]): string => {
  const expression = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: namespaces }
  const webhooks = JSON.stringify({ namespaceSelector: { matchExpressions: [expression] } })
  return JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'kyverno' }, data: { webhooks } })
}

test('finds a PolicyException that is not listed', () => {
  const list = `kind: List\nitems:\n${exception('known')}\n${exception('other')}\n`
  expect(findOpenings(site, list)).toEqual([
    'PolicyException ops/other is not in policy.exceptions',
  ])
})

test('finds a namespace that Kyverno leaves out and tiers.yaml does not', () => {
  expect(findOpenings(site, configMap(['kube-system', 'kyverno']))).toEqual([])
  expect(findOpenings(site, `---\n${configMap(['kube-system', 'apps-dev'])}`)).toEqual([
    'Kyverno leaves out namespace apps-dev, which is not in policy.excludedNamespaces',
  ])
})
