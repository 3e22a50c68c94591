import { tryJson } from '@tierseal/json'
import type { Site } from '@tierseal/tiers'
import { z } from 'zod'
import type { ClusterObject } from './cluster-object.ts'
import { podFilters } from './resource-filters.ts'

type Data = Readonly<Record<string, string>>

// Kyverno's own default: the kubelet's mirror pods, which no controller makes.
const harmlessExclusions = ['excludeGroups system:nodes']

/** Whether it is what Kyverno reads its configuration from: a chart may name it otherwise. */
export function isConfiguration({ kind, metadata, data }: ClusterObject): boolean {
  const isNamed = metadata.name === 'kyverno' || data?.['resourceFilters'] !== undefined
  return kind === 'ConfigMap' && isNamed
}

/** What the ConfigMap of Kyverno takes out of every policy, and tiers.yaml does not list. */
export function configurationOpenings(site: Site, data: Data): readonly string[] {
  return [...filterOpenings(site, data), ...requesterOpenings(data), ...webhookOpenings(site, data)]
}

function filterOpenings({ policy }: Site, data: Data): readonly string[] {
  return podFilters(data['resourceFilters'] ?? '')
    .filter(({ namespace }) => !policy.excludedNamespaces.includes(namespace))
    .map(({ text }) => `Kyverno leaves out pods by resourceFilters ${text}`)
}

function requesterOpenings(data: Data): readonly string[] {
  return ['excludeGroups', 'excludeUsernames', 'excludeRoles', 'excludeClusterRoles'].flatMap(
    (field) =>
      (data[field] ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('!'))
        .filter((name) => !harmlessExclusions.includes(`${field} ${name}`))
        .map((name) => `Kyverno leaves out whatever ${name} writes, by ${field}`),
  )
}

const expression = z.object({
  key: z.string(),
  operator: z.string(),
  values: z.array(z.string()).optional(),
})
const selector = z.object({
  matchExpressions: z.array(expression).optional(),
  matchLabels: z.record(z.string(), z.string()).optional(),
})
const webhook = z.object({
  namespaceSelector: selector.optional(),
  objectSelector: selector.optional(),
})
// A list of selectors in older releases of Kyverno, one selector in newer ones.
const webhooks = z.union([z.array(webhook), webhook.transform((one) => [one])])

function webhookOpenings({ policy }: Site, data: Data): readonly string[] {
  const conditions = data['matchConditions'] ?? ''
  return [
    ...selectorsIn(data['webhooks']).flatMap(({ namespaceSelector, objectSelector }) => [
      ...namespacesLeftOut(namespaceSelector)
        .filter((name) => !policy.excludedNamespaces.includes(name))
        .map((name) => `Kyverno leaves out namespace ${name}, by webhooks`),
      ...narrowing(namespaceSelector).map((text) => `Kyverno judges only namespaces with ${text}`),
      ...(objectSelector === undefined ? [] : [objectSelector])
        .flatMap(conditionsOf)
        .map((text) => `Kyverno judges only objects with ${text}`),
    ]),
    ...(/\w/.test(conditions)
      ? [`Kyverno judges only where matchConditions hold: ${conditions}`]
      : []),
  ]
}

type Selector = z.infer<typeof selector>
type Expression = z.infer<typeof expression>

function selectorsIn(text: string | undefined): z.infer<typeof webhooks> {
  if (text === undefined || text.trim() === '') return []
  return webhooks.parse(tryJson(text))
}

function namesNamespaces({ key, operator }: Expression): boolean {
  return key === 'kubernetes.io/metadata.name' && operator === 'NotIn'
}

function namespacesLeftOut(selected: Selector | undefined): readonly string[] {
  return (selected?.matchExpressions ?? [])
    .filter(namesNamespaces)
    .flatMap(({ values = [] }) => values)
}

function narrowing(selected: Selector | undefined): readonly string[] {
  const matchExpressions = (selected?.matchExpressions ?? []).filter((one) => !namesNamespaces(one))
  return conditionsOf({ ...selected, matchExpressions })
}

function conditionsOf({ matchExpressions = [], matchLabels = {} }: Selector): readonly string[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `label ${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) =>
      `label ${key} ${operator} ${values.join(', ')}`.trimEnd(),
    ),
  ]
}
