import { readFileSync } from 'node:fs'
import { loadSite } from '@tierseal/tiers'
import { describe, expect, test } from 'vitest'
import { findOpenings } from './find-openings.ts'

const path = new URL('../../../../examples/site/tiers.yaml', import.meta.url)
const text = readFileSync(path, 'utf8').replace('policy:', 'policy:\n  exceptions: [ops/known]')
const { site } = loadSite('tiers.yaml', text)

const exception = (name: string): string =>
  `- { kind: PolicyException, metadata: { name: ${name}, namespace: ops } }`

function configMap(data: Readonly<Record<string, string>>): string {
  return JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'kyverno' }, data })
}

function webhooks(value: unknown): string {
  return configMap({ webhooks: JSON.stringify(value) })
}

function notIn(...values: readonly string[]): unknown {
  const expression = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }
  return { namespaceSelector: { matchExpressions: [expression] } }
}

function controller(...args: readonly string[]): string {
  const spec = { template: { spec: { containers: [{ args }] } } }
  const metadata = { name: 'kyverno-admission-controller', namespace: 'kyverno' }
  return JSON.stringify({ kind: 'Deployment', metadata, spec })
}

test('finds a PolicyException that is not listed', () => {
  const list = `kind: List\nitems:\n${exception('known')}\n${exception('other')}\n`
  expect(findOpenings(site, list)).toEqual([
    'PolicyException ops/other is not in policy.exceptions',
  ])
})

describe('the configuration of Kyverno', () => {
  test('holds no opening as its chart installs it, but for two namespaces of Kubernetes', () => {
    const resourceFilters =
      '[*/*,kyverno,*] [Event,*,*] [*/*,kube-system,*] [*/*,kube-public,*] [*/*,kube-node-lease,*] [Pod/binding,*,*] [ReplicaSet,*,*] [ReplicaSet/?*,*,*] [Pod,kyverno,kyverno-admission-controller-*]'
    const data = { resourceFilters, excludeGroups: 'system:nodes' }
    expect(findOpenings(site, configMap(data))).toEqual([
      'Kyverno leaves out pods by resourceFilters [*/*,kube-public,*]',
      'Kyverno leaves out pods by resourceFilters [*/*,kube-node-lease,*]',
    ])
  })

  test.each([
    '[*/*,apps-prod,*]',
    '[Pod,*,*]',
    '[*,apps-prod,*]',
    '[v1/Pod,*,debug-*]',
    '[Pod/ephemeralcontainers,*,*]',
    '[P?d/*,apps-*,*]',
  ])('is open by resourceFilters %s', (filter) => {
    expect(findOpenings(site, configMap({ resourceFilters: filter }))).toEqual([
      `Kyverno leaves out pods by resourceFilters ${filter}`,
    ])
  })

  test.each([
    ['excludeGroups', 'system:serviceaccounts:ci'],
    ['excludeUsernames', 'admin'],
    ['excludeRoles', 'apps:deployer'],
    ['excludeClusterRoles', 'cluster-admin'],
  ])('is open by %s', (field, name) => {
    expect(findOpenings(site, configMap({ [field]: `!kept, ${name}` }))).toEqual([
      `Kyverno leaves out whatever ${name} writes, by ${field}`,
    ])
  })

  test('is open by a namespace that its webhooks leave out and tiers.yaml does not', () => {
    expect(findOpenings(site, webhooks(notIn('kube-system', 'kyverno')))).toEqual([])
    expect(findOpenings(site, `---\n${webhooks([notIn('kube-system', 'apps-dev')])}`)).toEqual([
      'Kyverno leaves out namespace apps-dev, by webhooks',
    ])
  })

  test.each([
    [
      { namespaceSelector: { matchLabels: { checked: 'yes' } } },
      'namespaces with label checked=yes',
    ],
    [
      { namespaceSelector: { matchExpressions: [{ key: 'checked', operator: 'Exists' }] } },
      'namespaces with label checked Exists',
    ],
    [{ objectSelector: { matchLabels: { checked: 'yes' } } }, 'objects with label checked=yes'],
  ])('is open by a selector that most things do not match: %j', (value, told) => {
    expect(findOpenings(site, webhooks(value))).toEqual([`Kyverno judges only ${told}`])
  })
})

test('finds the arguments of the controller that weaken every policy', () => {
  expect(findOpenings(site, controller('--imageVerifyCacheEnabled=false'))).toEqual([])
  expect(findOpenings(site, controller('--forceFailurePolicyIgnore=true'))).toEqual([
    expect.stringContaining('--imageVerifyCacheEnabled=false'),
    expect.stringContaining('--forceFailurePolicyIgnore=true'),
  ])
})

test.each([
  ['nothing', ''],
  ['a refusal', 'Error from server (Forbidden): configmaps "kyverno" is forbidden'],
  ['broken YAML', 'kind: [List'],
  ['tiers.yaml', text],
  ['an object of another kind', 'kind: Pod\nmetadata: { name: a, namespace: b }'],
  ['webhooks that are not JSON', configMap({ webhooks: '{' })],
])('refuses %s instead of calling it no opening', (_what, given) => {
  expect(() => findOpenings(site, given)).toThrow(
    expect.objectContaining({ code: 'CLUSTER_OUTPUT_UNREADABLE' }),
  )
})

test('an empty list is a cluster without exceptions', () => {
  expect(findOpenings(site, 'apiVersion: v1\nkind: List\nitems: []')).toEqual([])
})
