import { appendFileSync } from 'node:fs'
import { redact } from './masking.ts'

/** A name and a value, both plain text. */
export type SummaryRow = readonly [name: string, value: string]

/** A Markdown table with a heading; values are shown as code. */
export function summaryTable(heading: string, rows: readonly SummaryRow[]): string {
  const body = rows.map(
    ([name, value]) => `| ${name} | \`${value.replaceAll(/[|`\r\n]/g, ' ')}\` |`,
  )
  return [`### ${heading}`, '', '| | |', '| --- | --- |', ...body, ''].join('\n')
}

/** Appends Markdown to the job summary, where the runner has one. */
export function appendSummary(markdown: string): void {
  const path = process.env['GITHUB_STEP_SUMMARY']
  if (path !== undefined && path !== '') appendFileSync(path, `${redact(markdown)}\n`)
}
