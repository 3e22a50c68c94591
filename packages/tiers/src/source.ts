import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml'

export type KeyPath = readonly (string | number)[]

/** A position in a file as editors count it: both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A YAML text whose values can be pointed at. */
export class YamlSource {
  readonly file: string
  readonly document: Document.Parsed
  readonly #lines: readonly string[]
  readonly #counter = new LineCounter()

  constructor(file: string, text: string) {
    this.file = file
    this.#lines = text.split(/\r?\n/)
    this.document = parseDocument(text, { lineCounter: this.#counter, uniqueKeys: true })
  }

  /** The plain values. @throws ReferenceError for aliases that cannot be followed */
  toJS(): unknown {
    return this.document.toJS({ maxAliasCount: 100 })
  }

  positionAt(offset: number): Position {
    const { line, col } = this.#counter.linePos(offset)
    return { line, column: col }
  }

  line(number: number): string {
    return this.#lines[number - 1] ?? ''
  }

  /** Where the value at a path stands, or the nearest thing around it that was written. */
  locate(path: KeyPath): Position {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = this.#valueOffset(path.slice(0, length))
      if (offset !== undefined) return this.positionAt(offset)
    }
    return { line: 1, column: 1 }
  }

  /** Whether something was written at this path. */
  has(path: KeyPath): boolean {
    return this.document.hasIn([...path])
  }

  /** Where the key at the end of a path stands. */
  locateKey(path: KeyPath): Position {
    const parent = this.#node(path.slice(0, -1))
    if (isMap(parent)) {
      const key = path.at(-1)
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      if (isPair(pair) && isScalar(pair.key) && pair.key.range) {
        return this.positionAt(pair.key.range[0])
      }
    }
    return this.locate(path)
  }

  #valueOffset(path: KeyPath): number | undefined {
    const node = this.#node(path)
    return isNode(node) ? node.range?.[0] : undefined
  }

  #node(path: KeyPath): unknown {
    return path.length === 0 ? this.document.contents : this.document.getIn([...path], true)
  }
}
