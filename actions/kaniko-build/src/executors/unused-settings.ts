import { KnownError } from '@tierseal/errors'
import { kubernetesSpecs } from './kubernetes-settings.ts'

/**
 * Refuses what describes a pod where none is made: a build that is not where its workflow says it is.
 *
 * @param values the values of all inputs
 * @throws KnownError INPUT_INVALID naming every such input
 */
export function refuseUnusedSettings(values: { readonly executor: string }): void {
  if (values.executor === 'kubernetes') return
  const given = new Map<string, unknown>(Object.entries(values))
  const unused = Object.entries(kubernetesSpecs)
    .filter(([key, { name }]) => name.startsWith('kubernetes-') && isGiven(given.get(key)))
    .map(([, { name }]) => name)
  if (unused.length === 0) return
  throw new KnownError(
    'INPUT_INVALID',
    `${unused.join(', ')}: executor ${values.executor} has no use for them`,
    { hint: 'Set executor: kubernetes, or leave them out.' },
  )
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}
