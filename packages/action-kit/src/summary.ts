import { appendFileSync } from 'node:fs'
import { harmlessLines, oneLine } from './harmless.ts'
import { redact } from './masking.ts'

declare const markdownBrand: unique symbol

/** A part of the job summary, made here: text of others is in it as text, never as markup. */
export type Markdown = string & { readonly [markdownBrand]: true }

/** A name and a value, both plain text. */
export type SummaryRow = readonly [name: string, value: string]

/** A table with a heading; values are shown as code. */
export function summaryTable(heading: string, rows: readonly SummaryRow[]): Markdown {
  const body = rows.map(
    ([name, value]) => `| ${escaped(name)} | \`${plain(value).replaceAll(/[|`]/g, ' ')}\` |`,
  )
  return markdown([`### ${escaped(heading)}`, '', '| | |', '| --- | --- |', ...body, ''])
}

/** A remark of one line. */
export function summaryNote(text: string): Markdown {
  return markdown([`> ${escaped(text)}`, ''])
}

/** Lines of code or of a diff, in a fence that they cannot close. */
export function summaryCode(language: 'sh' | 'diff', text: string): Markdown {
  const lines = harmlessLines(redact(text))
  const runs = lines.flatMap((line) => line.match(/~+/g) ?? [])
  const fence = '~'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)))
  return markdown(['', `${fence}${language}`, ...lines, fence, ''])
}

/** Appends to the job summary, where the runner has one. */
export function appendSummary(...parts: readonly Markdown[]): void {
  const path = process.env['GITHUB_STEP_SUMMARY']
  if (path !== undefined && path !== '') appendFileSync(path, `${parts.join('')}\n`)
}

function plain(text: string): string {
  return oneLine(redact(text))
}

// Every sign that can begin markup, a link, a mention or a cell of its own.
function escaped(text: string): string {
  return plain(text).replaceAll(/[\\`*_[\](){}<>#&|~@:!]/g, '\\$&')
}

function markdown(lines: readonly string[]): Markdown {
  return lines.join('\n') as Markdown
}
