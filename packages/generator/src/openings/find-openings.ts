import type { Site } from '@tierseal/tiers'
import { ZodError } from 'zod'
import {
  type ClusterObject,
  type ClusterOutput,
  notReadable,
  parseClusterOutput,
} from './cluster-object.ts'
import { controllerOpenings, isAdmissionController } from './controller-arguments.ts'
import { configurationOpenings, isConfiguration } from './kyverno-configuration.ts'

/** What was found in the output of kubectl. */
export interface Openings {
  /** The ways around the policies that tiers.yaml does not list. */
  readonly openings: readonly string[]
  /** What may hold an opening and was not in the output. */
  readonly notSeen: readonly string[]
}

/**
 * The ways around the policies that a cluster has and tiers.yaml does not list.
 *
 * @param text what `openingCommands` print, with `---` between them
 * @throws KnownError CLUSTER_OUTPUT_UNREADABLE where it is something else, or has nothing of what is asked for
 */
export function readOpenings(site: Site, text: string): Openings {
  const output = parseClusterOutput(text)
  const found = output.objects.flatMap((object) => openingsIn(site, object))
  const notSeen = kinds.filter(({ isSeen }) => !isSeen(output)).map(({ name }) => name)
  if (notSeen.length === kinds.length || output.objects.length === 0) {
    const names = kinds.map(({ name }) => name).join(', no ')
    throw notReadable(`it has no ${names}`)
  }
  return { openings: [...new Set(found)], notSeen }
}

interface Kind {
  readonly name: string
  readonly isSeen: (output: ClusterOutput) => boolean
}

const kinds: readonly Kind[] = [
  {
    name: 'PolicyException',
    isSeen: ({ objects, hasEmptyList }) =>
      hasEmptyList || objects.some(({ kind }) => kind === 'PolicyException'),
  },
  { name: 'ConfigMap kyverno', isSeen: ({ objects }) => objects.some(isConfiguration) },
  {
    name: 'Deployment kyverno-admission-controller',
    isSeen: ({ objects }) => objects.some(isAdmissionController),
  },
]

function openingsIn(site: Site, object: ClusterObject): readonly string[] {
  const { kind, metadata, data } = object
  const name = `${metadata.namespace ?? ''}/${metadata.name}`
  try {
    if (kind === 'PolicyException') return exceptionOpenings(site, name)
    if (kind === 'ConfigMap') return configurationOpenings(site, data ?? {})
    if (kind === 'Deployment') return controllerOpenings(object)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    throw notReadable(`${kind} ${name} has not the form of Kyverno's`, error)
  }
  throw notReadable(`${kind} ${name} is none of what is asked for`)
}

function exceptionOpenings({ policy }: Site, name: string): readonly string[] {
  return policy.exceptions.includes(name)
    ? []
    : [`PolicyException ${name} is not in policy.exceptions`]
}
