import { parse, type Scalar } from 'yaml'

/** How a scalar is written in the source. */
export type QuoteStyle = 'plain' | 'single' | 'double'

/** The style of a scalar; undefined for block scalars, which have no place for a value on their line. */
export function quoteStyleOf(node: Scalar): QuoteStyle | undefined {
  if (node.type === 'PLAIN') return 'plain'
  if (node.type === 'QUOTE_SINGLE') return 'single'
  if (node.type === 'QUOTE_DOUBLE') return 'double'
  return undefined
}

/**
 * A string as YAML source of one line, in the given style where the value allows it. A plain value is
 * quoted where a YAML 1.1 or 1.2 reader would not take it as that string (`yes`, `0123`, `1e3`, `a: b`).
 */
export function renderScalar(value: string, style: QuoteStyle): string {
  if (style === 'plain' && staysPlain(value)) return value
  if (style === 'single' && isPrintable(value)) return `'${value.replaceAll("'", "''")}'`
  return JSON.stringify(value)
}

// Safe in block and flow context alike; the first and last character are where indicators bite.
const plainPattern = /^[A-Za-z0-9_./~](?:[A-Za-z0-9_./:@+*$%=~ -]*[A-Za-z0-9_./@+=~-])?$/

function staysPlain(value: string): boolean {
  if (!plainPattern.test(value) || value.includes(': ')) return false
  return readsAs(value, '1.1') && readsAs(value, '1.2')
}

function readsAs(value: string, version: '1.1' | '1.2'): boolean {
  return parse(value, { version, logLevel: 'silent' }) === value
}

// A line break inside single quotes would fold, and a control character is not YAML there at all.
function isPrintable(value: string): boolean {
  return /^[\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/.test(value)
}
