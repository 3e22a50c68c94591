import { KnownError, messageOf } from '@tierseal/errors'
import { type Document, type ParsedNode, parseAllDocuments, type YAMLParseError } from 'yaml'
import { positionAt } from './position.ts'
import { findRepeatedKey } from './unique-keys.ts'

/** One YAML document together with the text that it was read from, to the character. */
export class YamlSource {
  /** The name that messages use, relative to whatever the reader knows. */
  readonly file: string
  /** The text with its byte order mark and line ends; node ranges are offsets into it. */
  readonly text: string
  readonly document: Document.Parsed<ParsedNode>

  constructor(file: string, text: string, document: Document.Parsed<ParsedNode>) {
    this.file = file
    this.text = text
    this.document = document
  }

  /** `file:line:column` of an offset. */
  at(offset: number): string {
    return describe(this.file, this.text, offset)
  }

  /**
   * The values of the document.
   *
   * @throws KnownError YAML_INVALID where aliases multiply beyond reason
   */
  values(): unknown {
    try {
      return this.document.toJS({ maxAliasCount: 100 })
    } catch (error) {
      throw new KnownError('YAML_INVALID', `${this.file}: ${messageOf(error)}`, { cause: error })
    }
  }
}

/**
 * Reads exactly one document and keeps its source.
 *
 * @param content bytes, which must be UTF-8, or text
 * @throws KnownError YAML_INVALID, YAML_MULTI_DOCUMENT
 */
export function parseYaml(file: string, content: Uint8Array | string): YamlSource {
  const text = typeof content === 'string' ? content : decode(file, content)
  // A pretty error quotes its line: many of them in one long line took minutes.
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false })
  const [document, second] = documents
  if (document === undefined || second !== undefined || !('errors' in document)) {
    throw notOneDocument(file, documents.length)
  }
  const [error] = document.errors
  if (error !== undefined) throw invalid(file, text, error)
  const repeated = findRepeatedKey(document)
  if (repeated !== undefined) {
    const place = describe(file, text, repeated)
    throw new KnownError('YAML_INVALID', `${place}: Map keys must be unique`)
  }
  return new YamlSource(file, text, document)
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new KnownError('YAML_INVALID', `${file} is not UTF-8`, { cause: error })
  }
}

function notOneDocument(file: string, count: number): KnownError {
  const found = count === 0 ? 'no YAML document' : `${count} YAML documents`
  return new KnownError('YAML_MULTI_DOCUMENT', `${file} holds ${found}; expected exactly one`)
}

function invalid(file: string, text: string, error: YAMLParseError): KnownError {
  const [first = ''] = error.message.split('\n')
  const said = first.replace(/ at line \d+, column \d+:?$/, '')
  return new KnownError('YAML_INVALID', `${describe(file, text, error.pos[0])}: ${said}`, {
    cause: error,
  })
}

function describe(file: string, text: string, offset: number): string {
  const { line, column } = positionAt(text, offset)
  return `${file}:${line}:${column}`
}
