import type { Rows } from './value.ts'

// Words that YAML 1.1 or 1.2 reads as a boolean or as null when they are not quoted.
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|none|nan|inf)$/i

// Bare only what every reader takes as text: it starts with a letter or "/" and has no character that means
// something in a block or in a flow; a colon or "#" only inside a word.
const bare = /^[A-Za-z/](?:[A-Za-z0-9_./@+-]|:(?=[A-Za-z0-9_./])| (?=[A-Za-z0-9]))*$/

/** One value as a YAML scalar, quoted wherever any YAML version could read it as something else. */
export function scalarText(value: string): string {
  if (bare.test(value) && !reserved.test(value)) return value
  if (isExpression(value)) return value
  return JSON.stringify(value)
}

// `${{ … }}` is written bare in workflows everywhere, and is text to every YAML reader outside a flow.
function isExpression(value: string): boolean {
  return /^(?:[A-Za-z][A-Za-z0-9_./:@-]* ?)?\$\{\{ [a-zA-Z0-9_.-]+ \}\}$/.test(value)
}

/** A value inside quotes that the template wrote. */
export function quotedText(value: string, quote: '"' | "'"): string {
  return quote === '"' ? JSON.stringify(value).slice(1, -1) : value.replaceAll("'", "''")
}

/** Several lines as a literal block below a key at this column. */
export function literalBlock(value: string, keyColumn: number): string {
  const indent = ' '.repeat(keyColumn + 2)
  const lines = value.replace(/\n$/, '').split('\n')
  return [value.endsWith('\n') ? '|' : '|-', ...lines.map((line) => indent + line)].join('\n')
}

/** A list below a key at this column. */
export function blockSequence(values: readonly string[] | Rows, keyColumn: number): string {
  if (values.length === 0) return ' []'
  const indent = ' '.repeat(keyColumn + 2)
  return values.map((value) => `\n${indent}- ${itemText(value, indent)}`).join('')
}

function itemText(value: string | Rows[number], indent: string): string {
  if (typeof value === 'string') return scalarText(value)
  return Object.entries(value)
    .map(([key, text]) => `${key}: ${scalarText(text)}`)
    .join(`\n${indent}  `)
}
