import { KnownError, messageOf } from '@tierseal/errors'
import { parse } from 'yaml'

/** One string in a rendered document. */
export interface Leaf {
  /** Keys and list places from the document's root, such as `spec.containers.0.image`. */
  readonly path: string
  readonly value: unknown
}

/** The documents of a rendering as text; kustomize separates them by exactly this line. */
export function splitDocuments(rendering: string): readonly string[] {
  return rendering.split(/^---\n/m)
}

/** Every scalar of one document, with its path, in order. */
export function leavesOf(overlay: string, document: string): readonly Leaf[] {
  const leaves: Leaf[] = []
  collect(parseDocument(overlay, document), [], leaves)
  return leaves
}

function parseDocument(overlay: string, document: string): unknown {
  try {
    return parse(document, { uniqueKeys: false, logLevel: 'error' })
  } catch (error) {
    throw new KnownError(
      'PIN_BUILD_FAILED',
      `what ${overlay} renders to cannot be read: ${messageOf(error)}`,
      { cause: error },
    )
  }
}

function collect(value: unknown, path: readonly string[], into: Leaf[]): void {
  if (typeof value !== 'object' || value === null) {
    into.push({ path: path.join('.'), value })
    return
  }
  const entries = Object.entries(value)
  if (entries.length === 0) into.push({ path: path.join('.'), value: '{}' })
  for (const [key, child] of entries) collect(child, [...path, key], into)
}
