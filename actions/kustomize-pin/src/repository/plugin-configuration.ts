import { KnownError, messageOf } from '@tierseal/errors'
import { isRecord } from '@tierseal/json'
import { parseAllDocuments } from 'yaml'
import { foldCase } from './kustomization-fields.ts'
import { demandLocal } from './local-path.ts'
import { demandNoTag, demandPlainLineEnds } from './one-reading.ts'

// The fields by which the plugins that are part of Kustomize name files (kustomize 5.8.2, api/internal/builtins).
const paths: ReadonlySet<string> = new Set(['path', 'paths', 'targetfilepath', 'env', 'envs'])

/**
 * Refuses the configuration of a generator, transformer or validator that makes Kustomize fetch something.
 *
 * @throws KnownError PIN_REMOTE_RESOURCE; PIN_KUSTOMIZATION_INVALID, YAML_INVALID for what cannot be read safely
 */
export function demandLocalPlugin(file: string, text: string): void {
  demandPlainLineEnds(file, text)
  for (const value of valuesOf(file, text)) demandLocalPaths(file, value)
}

function demandLocalPaths(file: string, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) demandLocalPaths(file, item)
  if (!isRecord(value)) return
  for (const [key, held] of Object.entries(value)) {
    const field = foldCase(key)
    if (paths.has(field)) for (const text of strings(held)) demandLocal(file, text)
    if (field === 'files') for (const text of strings(held)) demandLocal(file, pathOfFile(text))
    demandLocalPaths(file, held)
  }
}

/** The path in an element of `files`, which may have a name before it; an element of `envs` is a path as it stands. */
export function pathOfFile(text: string): string {
  return text.slice(text.indexOf('=') + 1)
}

/** The strings in a value that may be one or a list of them. */
export function strings(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.filter((item): item is string => typeof item === 'string')
}

function valuesOf(file: string, text: string): readonly unknown[] {
  try {
    const documents = parseAllDocuments(text, { uniqueKeys: false })
    return [...documents].map((document) => {
      const [error] = document.errors
      if (error !== undefined) throw error
      demandNoTag(file, document)
      return document.toJS({ maxAliasCount: 100 })
    })
  } catch (error) {
    if (error instanceof KnownError) throw error
    throw new KnownError('YAML_INVALID', `${file}: ${messageOf(error)}`, { cause: error })
  }
}
