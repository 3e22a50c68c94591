import { KnownError } from '@tierseal/errors'
import { isRecord } from '@tierseal/json'
import { parseAllDocuments } from 'yaml'

const directoryFields = [
  'resources',
  'bases',
  'components',
  'generators',
  'transformers',
  'validators',
] as const
const fileFields = ['crds', 'configurations', 'patchesStrategicMerge'] as const
const pathHolders = ['patches', 'patchesJson6902', 'replacements', 'openapi'] as const
const generatorFields = ['configMapGenerator', 'secretGenerator'] as const

/**
 * What a kustomization refers to that may be a directory elsewhere in the repository.
 *
 * @throws KnownError PIN_REMOTE_RESOURCE for anything that Kustomize would fetch
 */
export function readReferences(file: string, text: string): readonly string[] {
  const values: unknown = parseAllDocuments(text)[0]?.toJS({ maxAliasCount: 100 })
  if (!isRecord(values)) return []
  const directories = directoryFields.flatMap((field) => strings(values[field]))
  const files = fileFields.flatMap((field) => strings(values[field]))
  const nested = [
    ...pathHolders.flatMap((field) => records(values[field]).flatMap(({ path }) => strings(path))),
    ...generatorFields.flatMap((field) => records(values[field]).flatMap(generatorFiles)),
  ]
  for (const reference of [...directories, ...files, ...nested]) demandLocal(file, reference)
  return directories.filter((reference) => !reference.includes('\n'))
}

function generatorFiles(generator: Record<string, unknown>): readonly string[] {
  const { files, envs, env } = generator
  return [...strings(files), ...strings(envs), ...strings(env)].map((entry) =>
    entry.slice(entry.indexOf('=') + 1),
  )
}

// What Kustomize takes as remote (api/internal/git/repospec.go, api/internal/loader): a scheme, an scp-like
// address, a host of its list, or a query.
function demandLocal(file: string, reference: string): void {
  if (reference.includes('\n')) return
  const remote =
    /^[a-z][a-z0-9+.-]*:|^git@|^(?:www\.)?github\.com[/:]|\?(?:ref|version|timeout|submodules)=/i
  if (!remote.test(reference)) return
  throw new KnownError('PIN_REMOTE_RESOURCE', `${file} refers to ${reference}`, {
    hint: 'Vendor it into the GitOps repository; nothing is fetched while a pin is proven.',
  })
}

function strings(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.filter((item): item is string => typeof item === 'string')
}

function records(value: unknown): readonly Record<string, unknown>[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.filter(isRecord)
}
