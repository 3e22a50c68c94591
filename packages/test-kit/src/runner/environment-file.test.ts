import { expect, test } from 'vitest'
import { parseEnvironmentFile } from './environment-file.ts'

test('reads single lines and values of several lines', () => {
  const text = 'a=1=2\nb<<EOF\nline one\n\nline=three\nEOF\nempty=\n'
  expect(parseEnvironmentFile(text)).toEqual({ a: '1=2', b: 'line one\n\nline=three', empty: '' })
})

test.each([
  ['a blank line between entries', 'a=1\n\nb=2\n', /not an entry/],
  ['a value that never ends', 'a<<EOF\n1\n', /never ends/],
  ['a line of over 64 KiB', `a=${'x'.repeat(70_000)}\n`, /64 KiB/],
  ['a value with such a line', `a<<E\n${'x'.repeat(70_000)}\nE\n`, /64 KiB/],
])('refuses %s, which some runner loses', (_what, text, reason) => {
  expect(() => parseEnvironmentFile(text)).toThrow(reason)
})
