import { KnownError } from '@tierseal/errors'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const schema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.unknown().optional(),
})

// Its metadata has a resourceVersion, and never a name.
const listSchema = z.object({ kind: z.string(), items: z.array(z.unknown()) })

/** As much of a Kubernetes object as an opening can be in. */
export type ClusterObject = z.infer<typeof schema>

/** What kubectl printed, lists taken apart. */
export interface ClusterOutput {
  readonly objects: readonly ClusterObject[]
  /** A list without objects: the answer for a kind that the cluster has none of, whichever it was. */
  readonly hasEmptyList: boolean
}

/**
 * Reads what `kubectl get … -o yaml` printed.
 *
 * @throws KnownError CLUSTER_OUTPUT_UNREADABLE for anything else: a refusal that kubectl printed must not count
 *   as a cluster without openings
 */
export function parseClusterOutput(text: string): ClusterOutput {
  const values = valuesOf(text)
  if (values.length === 0) throw unreadable('it holds nothing')
  const lists = values.map((value) => listSchema.safeParse(value))
  return {
    objects: values.flatMap((value, index) => (lists[index]?.data?.items ?? [value]).map(objectOf)),
    hasEmptyList: lists.some(({ data }) => data?.items.length === 0),
  }
}

function valuesOf(text: string): readonly unknown[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors
    if (problem !== undefined) throw unreadable(problem.message.split('\n', 1)[0] ?? '')
    const value: unknown = document.toJS()
    return value === null ? [] : [value]
  })
}

function objectOf(value: unknown): ClusterObject {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw unreadable(`it holds ${JSON.stringify(value).slice(0, 60)}`)
}

function unreadable(why: string): KnownError {
  return notReadable(`not what kubectl prints with -o yaml: ${why}`)
}

/** What prints all that can hold an opening; each command's output is read alone too. */
export const openingCommands: readonly string[] = [
  'kubectl get policyexceptions.kyverno.io,policyexceptions.policies.kyverno.io -A -o yaml',
  'kubectl -n kyverno get configmap kyverno -o yaml',
  'kubectl -n kyverno get deployment kyverno-admission-controller -o yaml',
]

/** Output that nothing can be concluded from, with the commands that print what can be read. */
export function notReadable(message: string, cause?: unknown): KnownError {
  return new KnownError('CLUSTER_OUTPUT_UNREADABLE', message, {
    hint: `Put into the file, with --- between them, what these print:\n${openingCommands.join('\n')}`,
    cause,
  })
}
