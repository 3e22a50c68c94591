import { isRecord } from '@tierseal/json'
import type { YamlSource } from '@tierseal/yaml-edit'
import { demandKnownFields, foldCase } from './kustomization-fields.ts'
import { demandLocal } from './local-path.ts'
import { demandLocalPlugin, pathOfFile, strings } from './plugin-configuration.ts'

/** A file or directory that a kustomization refers to. */
export interface Reference {
  readonly path: string
  /** Whether it configures plugins, which can read files of their own. */
  readonly plugin: boolean
}

const directoryFields = ['resources', 'bases', 'components'] as const
const pluginFields = ['generators', 'transformers', 'validators'] as const
const fileFields = ['crds', 'configurations', 'patchesStrategicMerge'] as const
const pathHolders = ['patches', 'patchesJson6902', 'replacements', 'openapi'] as const
const generatorFields = ['configMapGenerator', 'secretGenerator'] as const

/**
 * What a kustomization refers to that may lead elsewhere in the repository.
 *
 * @throws KnownError PIN_REMOTE_RESOURCE for anything that Kustomize would fetch; PIN_KUSTOMIZATION_INVALID for a
 *   field that it does not define; YAML_INVALID
 */
export function readReferences(source: YamlSource): readonly Reference[] {
  const values = source.values()
  if (!isRecord(values)) return []
  const { file } = source
  demandKnownFields(file, values)
  const directories = directoryFields.flatMap((field) => strings(values[field]))
  const plugins = pluginFields.flatMap((field) => strings(values[field]))
  const files = fileFields.flatMap((field) => strings(values[field]))
  const nested = [
    ...pathHolders.flatMap((field) => held(values[field], 'path')),
    ...generatorFields.flatMap((field) => generatorFiles(values[field])),
  ]
  for (const path of [...directories, ...plugins, ...files, ...nested]) demandLocal(file, path)
  // A plugin may be written out in the place of a path; to YAML, a path is a text.
  for (const text of plugins) demandLocalPlugin(file, text)
  return [
    ...directories.map((path) => ({ path, plugin: false })),
    ...plugins.map((path) => ({ path, plugin: true })),
  ].filter(({ path }) => !path.includes('\n'))
}

function generatorFiles(generators: unknown): readonly string[] {
  const whole = [...held(generators, 'envs'), ...held(generators, 'env')]
  return [...whole, ...held(generators, 'files').map(pathOfFile)]
}

/** The strings under a name, however it is written, in one record or a list of them. */
function held(value: unknown, name: string): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all
    .filter(isRecord)
    .flatMap((record) => Object.entries(record).filter(([key]) => foldCase(key) === name))
    .flatMap(([, found]) => strings(found))
}
