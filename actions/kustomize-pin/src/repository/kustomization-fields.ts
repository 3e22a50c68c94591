import { KnownError } from '@tierseal/errors'
import { isRecord } from '@tierseal/json'
import { nearest } from '../kustomization/nearest.ts'

// kustomize 5.8.2, api/types/kustomization.go.
const fields: readonly string[] = [
  ...['apiVersion', 'kind', 'metadata', 'openapi', 'namePrefix', 'nameSuffix', 'namespace'],
  ...['commonLabels', 'labels', 'commonAnnotations', 'patchesStrategicMerge', 'patchesJson6902'],
  ...['patches', 'images', 'imageTags', 'replacements', 'replicas', 'vars', 'sortOptions'],
  ...['resources', 'components', 'crds', 'bases', 'configMapGenerator', 'secretGenerator'],
  ...['helmGlobals', 'helmCharts', 'helmChartInflationGenerator', 'generatorOptions'],
  ...['configurations', 'generators', 'transformers', 'validators', 'buildMetadata'],
]

/**
 * Refuses a field that Kustomize does not define, or not in these letters: it reads names without regard to case.
 *
 * @throws KnownError PIN_KUSTOMIZATION_INVALID
 */
export function demandKnownFields(file: string, values: Record<string, unknown>): void {
  const unknown = Object.keys(values).find((field) => !fields.includes(field))
  if (unknown === undefined) return
  const near = fields.find((field) => foldCase(field) === foldCase(unknown))
  const meant = near ?? nearest(unknown, fields)
  throw new KnownError(
    'PIN_KUSTOMIZATION_INVALID',
    `${file} holds ${JSON.stringify(unknown)}, which is no field of a kustomization`,
    { hint: meant === undefined ? 'Remove the field.' : `Write ${meant}, or remove the field.` },
  )
}

const folderFields: readonly string[] = ['apiVersion', 'kind', 'metadata', 'resources']

/**
 * Refuses a kustomization that does more than to list resources: what patches and replacements make of the
 * configuration of a plugin cannot be told before it is built.
 *
 * @throws KnownError PIN_KUSTOMIZATION_INVALID
 */
export function demandPlainFolder(file: string, values: unknown): void {
  const fields = isRecord(values) ? Object.keys(values) : []
  const other = fields.find((field) => !folderFields.includes(field))
  if (other === undefined) return
  throw new KnownError(
    'PIN_KUSTOMIZATION_INVALID',
    `${file} configures plugins and holds ${JSON.stringify(other)}`,
    { hint: 'A folder of generators, transformers or validators may list resources only.' },
  )
}

/** As Go's encoding/json compares names: the long s and the Kelvin sign are letters of the alphabet, too. */
export function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase()
}
