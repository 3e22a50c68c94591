import { visit, type YAMLError } from 'yaml'
import type { Finding } from './finding.ts'
import type { YamlSource } from './source.ts'

const usual =
  'Indentation and quotes are the usual causes: spaces, no tabs, and quotes around ": " and "#".'

// By the code that the parser gives them.
const helps: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'A site has one tiers.yaml with one document: take out the line ---.',
  DUPLICATE_KEY: 'Keep one of the two, and remove the other.',
  TAB_AS_INDENT: 'Indent with spaces: YAML takes no tabs.',
  BAD_ALIAS: 'Define the anchor above its first use, or write the value out.',
}

/** What keeps a text from being read as YAML at all. */
export function syntaxFindings(source: YamlSource): readonly Finding[] {
  const { errors } = source.document
  return errors.length > 0 ? errors.map((error) => ofParser(source, error)) : ofAliases(source)
}

function ofParser(source: YamlSource, { code, message, pos }: YAMLError): Finding {
  const text = code === 'MULTIPLE_DOCS' ? 'a second document starts here' : message
  return {
    ...source.positionAt(pos[0]),
    code: 'TIERS_SYNTAX',
    message: text.replace(/ at line \d+[\s\S]*$/, ''),
    help: helps[code] ?? usual,
  }
}

// An alias is looked up only when the values are read; a chain of them can stand for more than fits.
function ofAliases(source: YamlSource): readonly Finding[] {
  const aliases: { readonly at: number; readonly isKnown: boolean; readonly name: string }[] = []
  visit(source.document, {
    Alias(_, node) {
      const isKnown = node.resolve(source.document) !== undefined
      aliases.push({ at: node.range?.[0] ?? 0, isKnown, name: node.source })
    },
  })
  const unknown = aliases.filter(({ isKnown }) => !isKnown)
  const [first] = aliases
  if (unknown.length === 0 && (first === undefined || isReadable(source))) return []
  const flaws = unknown.length > 0 ? unknown : aliases.slice(0, 1)
  return flaws.map(({ at, isKnown, name }) => ({
    ...source.positionAt(at),
    code: 'TIERS_SYNTAX' as const,
    message: isKnown
      ? 'the aliases stand for more values than a site has'
      : `there is no anchor &${name} above this alias`,
    help: isKnown ? 'Write the values out.' : helps['BAD_ALIAS'],
  }))
}

function isReadable(source: YamlSource): boolean {
  try {
    source.toJS()
    return true
  } catch {
    return false
  }
}
