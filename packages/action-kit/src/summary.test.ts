import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { appendSummary, summaryCode, summaryNote, summaryTable } from './summary.ts'

afterEach(() => vi.unstubAllEnvs())

it('shows a value as code that it cannot leave', () => {
  expect(summaryTable('Done', [['image', 'a`b|c\n<img src=x>\u202e']])).toBe(
    ['### Done', '', '| | |', '| --- | --- |', '| image | `a b c <img src=x>\\u{202e}` |', ''].join(
      '\n',
    ),
  )
})

it('lets no heading, name or note become markup', () => {
  const evil = '<b>x</b>\n# [y](http://evil) @team | `z`'
  const shown = '\\<b\\>x\\</b\\> \\# \\[y\\]\\(http\\://evil\\) \\@team \\| \\`z\\`'
  expect(summaryTable(evil, [[evil, '1']])).toContain(`### ${shown}\n`)
  expect(summaryTable(evil, [[evil, '1']])).toContain(`| ${shown} | \`1\` |`)
  expect(summaryNote(evil)).toBe(`> ${shown}\n`)
})

it('fences code with more than the code can close', () => {
  expect(summaryCode('sh', 'a\n~~~~\n# out')).toBe('\n~~~~~sh\na\n~~~~\n# out\n~~~~~\n')
  expect(summaryCode('sh', 'a')).toBe('\n~~~sh\na\n~~~\n')
})

it('appends its parts to the file of the runner', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'tierseal-summary-')), 'summary')
  vi.stubEnv('GITHUB_STEP_SUMMARY', path)
  appendSummary(summaryTable('Done', []), summaryCode('sh', 'a'))
  expect(readFileSync(path, 'utf8')).toBe('### Done\n\n| | |\n| --- | --- |\n\n~~~sh\na\n~~~\n\n')
})
