import type { z } from 'zod'
import { byPosition, type Finding } from './finding.ts'
import { schemaAt } from './json-schema.ts'
import type { KeyPath, YamlSource } from './source.ts'
import { suggest } from './suggest.ts'

type Issue = z.core.$ZodIssue

/** What the schema refuses, each at its place in the text. */
export function schemaFindings(source: YamlSource, issues: readonly Issue[]): readonly Finding[] {
  return issues.flatMap((issue) => findingsOf(source, issue)).sort(byPosition)
}

function findingsOf(source: YamlSource, issue: Issue): readonly Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(source, path, key))
  }
  if (path.length > 0 && !source.has(path)) return [missingKey(source, path)]
  return [wrongValue(source, path, issue)]
}

function unknownKey(source: YamlSource, path: KeyPath, key: string): Finding {
  const known = Object.keys(schemaAt(path)?.properties ?? {})
  const meant = suggest(key, known)
  return {
    ...source.locateKey([...path, key]),
    code: 'TIERS_UNKNOWN_KEY',
    message: `${nameOf(path)} has no key ${JSON.stringify(key)}`,
    help: meant === undefined ? `known keys: ${known.join(', ')}` : `did you mean ${meant}?`,
  }
}

function missingKey(source: YamlSource, path: KeyPath): Finding {
  return {
    ...source.locate(path.slice(0, -1)),
    code: 'TIERS_MISSING_KEY',
    message: `${nameOf(path.slice(0, -1))} needs ${JSON.stringify(path.at(-1) ?? '')}`,
    help: schemaAt(path)?.description,
  }
}

function wrongValue(source: YamlSource, path: KeyPath, issue: Issue): Finding {
  return {
    ...source.locate(path),
    code: issue.code === 'invalid_type' ? 'TIERS_WRONG_TYPE' : 'TIERS_BAD_VALUE',
    message: `${nameOf(path)}: ${expectation(issue)}`,
    help: schemaAt(path)?.description,
  }
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return `expected ${article(issue.expected)}`
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`
  return issue.message
}

function article(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text (quote a number: YAML reads it as one)',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  }
  return names[type] ?? type
}

/** `tiers[0].vault.role`, as `origin` takes it too. */
export function nameOf(path: KeyPath): string {
  if (path.length === 0) return 'tiers.yaml'
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
}
