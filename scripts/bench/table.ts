import type { Row } from './row.ts'

/** The rows as text, columns aligned. */
export function renderRows(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, unit, target, ok }) => [
    name,
    String(value),
    unit,
    target,
    target === '' ? '' : ok ? 'ok' : 'MISSED',
  ])
  const head = ['what', 'value', 'unit', 'target', '']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(head), ...cells.map(line)].join('\n')
}
