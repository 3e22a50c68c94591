import { KnownError } from '@tierseal/errors'
import type { Site } from '@tierseal/tiers'
import { ZodError } from 'zod'
import { type ClusterObject, parseClusterObjects } from './cluster-object.ts'
import { controllerOpenings } from './controller-arguments.ts'
import { configurationOpenings } from './kyverno-configuration.ts'

/** What prints all that can hold an opening; each command's output is read alone too. */
export const openingCommands: readonly string[] = [
  'kubectl get policyexceptions.kyverno.io,policyexceptions.policies.kyverno.io -A -o yaml',
  'kubectl -n kyverno get configmap kyverno -o yaml',
  'kubectl -n kyverno get deployment kyverno-admission-controller -o yaml',
]

/**
 * The ways around the policies that a cluster has and tiers.yaml does not list.
 *
 * @param text what `openingCommands` print, with `---` between them
 * @throws KnownError CLUSTER_OUTPUT_UNREADABLE where it is something else
 */
export function findOpenings(site: Site, text: string): readonly string[] {
  const found = parseClusterObjects(text).flatMap((object) => openingsIn(site, object))
  return [...new Set(found)]
}

function openingsIn(site: Site, object: ClusterObject): readonly string[] {
  const { kind, metadata, data } = object
  const name = `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
  try {
    if (kind === 'PolicyException') return exceptionOpenings(site, name)
    if (kind === 'ConfigMap') return configurationOpenings(site, data ?? {})
    if (kind === 'Deployment') return controllerOpenings(object)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    throw new KnownError(
      'CLUSTER_OUTPUT_UNREADABLE',
      `${kind} ${name} has not the form of Kyverno's`,
      {
        cause: error,
      },
    )
  }
  throw new KnownError('CLUSTER_OUTPUT_UNREADABLE', `${kind} ${name} is none of what is asked for`)
}

function exceptionOpenings({ policy }: Site, name: string): readonly string[] {
  return policy.exceptions.includes(name)
    ? []
    : [`PolicyException ${name} is not in policy.exceptions`]
}
