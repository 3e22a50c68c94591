import { KnownError } from '@tierseal/errors'
import { parseYaml, positionAt, type YamlSource } from '@tierseal/yaml-edit'
import { type Document, visit } from 'yaml'
import { isMergeKey } from '../kustomization/plain-entry.ts'

/** Far above any kustomization or configuration of a plugin: the largest of 155 real ones had 7 kB. */
const maxKustomizationBytes = 128 * 1024

// YAML 1.1, which Kustomize reads, ends a line at each of these, and YAML 1.2 does not: behind a comment, one
// of them hides a field from us that Kustomize obeys.
const otherLineEnd = /\r(?!\n)|[\u0085\u2028\u2029]/

/**
 * Reads a file that Kustomize acts upon, where Kustomize cannot read it in another way than we do.
 *
 * @throws KnownError PIN_FILE_TOO_LARGE, PIN_KUSTOMIZATION_INVALID, YAML_INVALID, YAML_MULTI_DOCUMENT
 */
export function readOnlyOneWay(file: string, bytes: Uint8Array): YamlSource {
  demandModestFile(file, bytes)
  const source = parseYaml(file, bytes)
  demandPlainLineEnds(file, source.text)
  demandOneReading(source)
  return source
}

/**
 * Refuses a file that takes long to read.
 *
 * @throws KnownError PIN_FILE_TOO_LARGE
 */
export function demandModestFile(file: string, bytes: Uint8Array): void {
  if (bytes.length <= maxKustomizationBytes) return
  const limit = `${maxKustomizationBytes / 1024} KiB`
  throw new KnownError('PIN_FILE_TOO_LARGE', `${file} is over ${limit}`, {
    hint: 'Move what Kustomize only has to render to files of their own.',
  })
}

/**
 * Refuses a text whose lines end elsewhere for Kustomize than for us.
 *
 * @throws KnownError PIN_KUSTOMIZATION_INVALID
 */
export function demandPlainLineEnds(file: string, text: string): void {
  const found = otherLineEnd.exec(text)
  if (found === null) return
  const code = found[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  const { line, column } = positionAt(text, found.index)
  throw ambiguous(`${file}:${line}:${column} holds U+${code}`)
}

/**
 * Refuses a document with a tag: Kustomize decodes `!!binary`, so that a path in base64 is one for it and none for us.
 *
 * @throws KnownError PIN_KUSTOMIZATION_INVALID
 */
export function demandNoTag(file: string, document: Document): void {
  visit(document, {
    Node: (_, { tag }) => {
      if (tag === undefined) return
      throw ambiguous(`${file} holds the tag ${tag.replace('tag:yaml.org,2002:', '!!')}`)
    },
  })
}

function demandOneReading({ file, text, document }: YamlSource): void {
  demandNoTag(file, document)
  if (/^%/m.test(text)) throw ambiguous(`${file} holds a directive`)
  visit(document, {
    Pair: (_, pair) => {
      if (isMergeKey(pair)) throw ambiguous(`${file} holds a merge key`)
    },
  })
}

function ambiguous(message: string): KnownError {
  return new KnownError('PIN_KUSTOMIZATION_INVALID', message, {
    hint: 'Write the file plainly: what one reader of YAML sees there, another one does not.',
  })
}
