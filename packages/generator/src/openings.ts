import type { Site } from '@tierseal/tiers'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const object = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }).optional(),
  data: z.record(z.string(), z.string()).optional(),
  items: z.array(z.unknown()).optional(),
})

type ClusterObject = z.infer<typeof object>

const selector = z.object({
  namespaceSelector: z
    .object({
      matchExpressions: z
        .array(z.object({ operator: z.string(), values: z.array(z.string()).optional() }))
        .optional(),
    })
    .optional(),
})

/**
 * The ways around the policies that a cluster has and tiers.yaml does not list.
 *
 * @param text what `kubectl get policyexceptions -A -o yaml` and
 *   `kubectl -n kyverno get configmap kyverno -o yaml` print, one after the other or either alone
 */
export function findOpenings({ policy }: Site, text: string): readonly string[] {
  const found = parseAllDocuments(text).flatMap((document) => objectsOf(document.toJS()))
  const exceptions = found
    .filter(({ kind }) => kind === 'PolicyException')
    .map(({ metadata }) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`)
    .filter((name) => !policy.exceptions.includes(name))
  const namespaces = found
    .flatMap(({ data }) => excludedBy(data?.['webhooks']))
    .filter((name) => !policy.excludedNamespaces.includes(name))
  return [
    ...exceptions.map((name) => `PolicyException ${name} is not in policy.exceptions`),
    ...[...new Set(namespaces)].map(
      (name) => `Kyverno leaves out namespace ${name}, which is not in policy.excludedNamespaces`,
    ),
  ]
}

function objectsOf(value: unknown): readonly ClusterObject[] {
  const parsed = object.safeParse(value)
  if (!parsed.success) return []
  return [parsed.data, ...(parsed.data.items ?? []).flatMap(objectsOf)]
}

// A list of selectors in older releases of Kyverno, one selector in newer ones.
function excludedBy(webhooks: string | undefined): readonly string[] {
  if (webhooks === undefined) return []
  const parsed: unknown = JSON.parse(webhooks)
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((item) =>
    (selector.parse(item).namespaceSelector?.matchExpressions ?? [])
      .filter(({ operator }) => operator === 'NotIn')
      .flatMap(({ values = [] }) => values),
  )
}
