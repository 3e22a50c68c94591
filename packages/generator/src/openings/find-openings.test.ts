import { readFileSync } from 'node:fs'
import { loadSite } from '@tierseal/tiers'
import { describe, expect, test } from 'vitest'
import { readOpenings } from './find-openings.ts'

const path = new URL('../../../../examples/site/tiers.yaml', import.meta.url)
const text = readFileSync(path, 'utf8').replace('policy:', 'policy:\n  exceptions: [ops/known]')
const { site } = loadSite('tiers.yaml', text)

const findOpenings = (...given: Parameters<typeof readOpenings>) => readOpenings(...given).openings

// To the letter what kubectl 1.37 prints for a list.
const listOf = (items: string): string =>
  `apiVersion: v1\nitems:${items}kind: List\nmetadata:\n  resourceVersion: ""\n`
const listed = (name: string): string =>
  `- apiVersion: kyverno.io/v2
  kind: PolicyException
  metadata:
    creationTimestamp: "2026-11-23T10:00:00Z"
    generation: 1
    name: ${name}
    namespace: ops
    resourceVersion: "411"
    uid: 1f0e8a3c-6d0b-4c56-9a3d-0d7d5f1c2b3a
  spec:
    exceptions: []
`

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
  expect(findOpenings(site, listOf(`\n${listed('known')}${listed('other')}`))).toEqual([
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

const empty = listOf(' []\n')

test('reads all three outputs, an empty list as a cluster without exceptions', () => {
  const text = [empty, configMap({}), controller('--imageVerifyCacheEnabled=false')].join('\n---\n')
  expect(readOpenings(site, text)).toEqual({ openings: [], notSeen: [] })
})

test('says of what was not given to it that it was not seen', () => {
  expect(readOpenings(site, `${empty}---\n${configMap({})}`).notSeen).toEqual([
    'Deployment kyverno-admission-controller',
  ])
  expect(readOpenings(site, configMap({})).notSeen).toEqual([
    'PolicyException',
    'Deployment kyverno-admission-controller',
  ])
})

const other = (kind: string, name: string): string =>
  JSON.stringify({ kind, metadata: { name, namespace: 'kyverno' } })

test.each([
  ['an empty list alone, which any question gets', empty],
  ['another ConfigMap', other('ConfigMap', 'kube-root-ca.crt')],
  ['another Deployment', other('Deployment', 'kyverno-reports-controller')],
])('refuses %s: nothing of what is asked for was seen', (_what, given) => {
  expect(() => readOpenings(site, given)).toThrow(
    expect.objectContaining({
      code: 'CLUSTER_OUTPUT_UNREADABLE',
      message: expect.stringMatching(
        /PolicyException.*ConfigMap kyverno.*Deployment kyverno-admission-controller/,
      ),
      hint: expect.stringContaining('kubectl get policyexceptions'),
    }),
  )
})

test('refuses an object without a name in a list', () => {
  expect(() => readOpenings(site, listOf('\n- kind: PolicyException\n'))).toThrow(
    expect.objectContaining({ code: 'CLUSTER_OUTPUT_UNREADABLE' }),
  )
})
