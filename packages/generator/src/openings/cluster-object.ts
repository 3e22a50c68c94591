import { KnownError } from '@tierseal/errors'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const schema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }).optional(),
  data: z.record(z.string(), z.string()).optional(),
  items: z.array(z.unknown()).optional(),
  spec: z.unknown().optional(),
})

/** As much of a Kubernetes object as an opening can be in. */
export type ClusterObject = z.infer<typeof schema>

/**
 * Reads what `kubectl get … -o yaml` printed, lists taken apart.
 *
 * @throws KnownError CLUSTER_OUTPUT_UNREADABLE for anything else: a refusal that kubectl printed must not count
 *   as a cluster without openings
 */
export function parseClusterObjects(text: string): readonly ClusterObject[] {
  const documents = parseAllDocuments(text)
  const values = documents.flatMap((document) => {
    const [problem] = document.errors
    if (problem !== undefined) throw unreadable(problem.message.split('\n', 1)[0] ?? '')
    const value: unknown = document.toJS()
    return value === null ? [] : [value]
  })
  if (values.length === 0) throw unreadable('it holds nothing')
  return values.flatMap(objectsOf)
}

function objectsOf(value: unknown): readonly ClusterObject[] {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw unreadable(`it holds ${JSON.stringify(value).slice(0, 60)}`)
  const { items } = parsed.data
  return items === undefined ? [parsed.data] : items.flatMap(objectsOf)
}

function unreadable(why: string): KnownError {
  return new KnownError('CLUSTER_OUTPUT_UNREADABLE', `not what kubectl prints with -o yaml: ${why}`)
}
