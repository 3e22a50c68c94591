import { KnownError } from '@tierseal/errors'
import {
  isCollection,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  Scalar,
  visit,
} from 'yaml'
import { cutPlaceholders, mentionsPlaceholder } from './placeholder.ts'
import type { Range, Slot, Template } from './template.ts'

// What a runner executes: a script, its interpreter, and conditions, which are expressions without `${{`.
const executed = new Set(['run', 'shell', 'if'])

interface Reading {
  readonly name: string
  readonly text: string
  readonly positions: LineCounter
}

/**
 * Reads a template: valid YAML whose scalars hold placeholders.
 *
 * @throws KnownError TEMPLATE_INVALID with line and column, for text that is not YAML and for a
 *   placeholder where filling it in would not be safe
 */
export function compileTemplate(name: string, text: string): Template {
  const positions = new LineCounter()
  const reading = { name, text, positions }
  const documents = parseAllDocuments(text, { lineCounter: positions })
  const error = documents.flatMap((document) => document.errors)[0]
  if (error !== undefined) throw flawAt(reading, error.pos[0], error.message)
  const slots: Slot[] = []
  for (const document of documents) {
    visit(document, {
      Scalar(key, node, ancestors) {
        const slot = slotOf(reading, key === 'key', node, ancestors)
        if (slot !== undefined) slots.push(slot)
      },
    })
  }
  slots.sort((left, right) => left.start - right.start)
  refuseStray(reading, slots)
  return { name, text, slots }
}

function slotOf(
  reading: Reading,
  isKey: boolean,
  node: Scalar,
  ancestors: readonly unknown[],
): Slot | undefined {
  const [start, end] = node.range ?? [0, 0]
  const written = reading.text.slice(start, end)
  if (!mentionsPlaceholder(written)) return undefined
  if (isKey) throw flawAt(reading, start, 'a placeholder in a key')
  const code = ancestors.map(keyOf).find((key) => key !== undefined && executed.has(key))
  if (code !== undefined) {
    throw flawAt(reading, start, `a placeholder inside ${code}:`, 'Pass it by env: instead.')
  }
  if (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED) {
    throw flawAt(reading, start, 'a placeholder in a block of text', 'Pass it by env: instead.')
  }
  if (/\$\{\{[^}]*\(\(/.test(written)) {
    throw flawAt(
      reading,
      start,
      'a placeholder inside an expression',
      'Put the expression in the value.',
    )
  }
  const quote = quoteOf(node)
  const parts = cutPlaceholders(quote === '' ? written : String(node.value))
  const leftOver = parts.some((part) => typeof part === 'string' && mentionsPlaceholder(part))
  if (leftOver) throw flawAt(reading, start, 'a placeholder that is not ((a.path))')
  const slot = { start, end, quote, parts, ...surroundings(reading, start, end, ancestors) }
  refuseOptional(reading, slot)
  return slot
}

function keyOf(ancestor: unknown): string | undefined {
  return isPair(ancestor) && isScalar(ancestor.key) ? String(ancestor.key.value) : undefined
}

function quoteOf(node: Scalar): Slot['quote'] {
  if (node.type === Scalar.QUOTE_DOUBLE) return '"'
  return node.type === Scalar.QUOTE_SINGLE ? "'" : ''
}

function surroundings(
  { text, positions }: Reading,
  start: number,
  end: number,
  ancestors: readonly unknown[],
): Pick<Slot, 'column' | 'inFlow' | 'lines'> {
  const inFlow = ancestors.some((ancestor) => isCollection(ancestor) && ancestor.flow === true)
  const owner = ancestors.at(-1)
  const first = isPair(owner) && isScalar(owner.key) ? offsetOf(owner.key, start) : start
  const column = positions.linePos(first).col - 1
  return { inFlow, column, lines: withComment(text, first, end) }
}

function offsetOf(node: Node, otherwise: number): number {
  return node.range?.[0] ?? otherwise
}

// A comment directly above a line explains that line, and goes with it.
function withComment(text: string, first: number, end: number): Range {
  let start = text.lastIndexOf('\n', first - 1) + 1
  for (;;) {
    const above = text.lastIndexOf('\n', start - 2) + 1
    if (start === 0 || !/^[ ]*#/.test(text.slice(above, start))) break
    start = above
  }
  const next = text.indexOf('\n', end)
  return { start, end: next === -1 ? text.length : next + 1 }
}

function refuseOptional(reading: Reading, slot: Slot): void {
  const optional = slot.parts.some((part) => typeof part === 'object' && part.optional)
  if (optional && (slot.parts.length > 1 || slot.inFlow || slot.quote !== '')) {
    throw flawAt(reading, slot.start, 'an optional placeholder that is not alone on its line')
  }
}

// What is left lies in a comment, where nothing would fill it in.
function refuseStray(reading: Reading, slots: readonly Slot[]): void {
  for (const match of reading.text.matchAll(/\(\(/g)) {
    const inside = slots.some(({ start, end }) => start <= match.index && match.index < end)
    if (!inside) throw flawAt(reading, match.index, 'a placeholder outside a value')
  }
}

function flawAt(
  { name, positions }: Reading,
  offset: number,
  what: string,
  hint?: string,
): KnownError {
  const { line, col } = positions.linePos(offset)
  const options = hint === undefined ? {} : { hint }
  return new KnownError('TEMPLATE_INVALID', `${name}:${line}:${col}: ${what}`, options)
}
