import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { setOutputs } from './outputs.ts'

let path: string

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'tierseal-outputs-')), 'outputs')
  writeFileSync(path, '')
  vi.stubEnv('GITHUB_OUTPUT', path)
})

afterEach(() => vi.unstubAllEnvs())

it('gives one line for each entry of a list', () => {
  setOutputs({ images: ['a', 'b'], changed: true, absent: undefined })
  expect(readFileSync(path, 'utf8')).toMatch(/^images<<(.+)\na\nb\n\1\nchanged<<(.+)\ntrue\n\2\n$/)
})

it.each(['a\nb', 'a\rb', 'a\u2028b'])('refuses %j as an entry: it would be two', (entry) => {
  expect(() => setOutputs({ fine: 'x', platforms: [entry] })).toThrow('output platforms')
  expect(readFileSync(path, 'utf8')).toBe('')
})

it('refuses control characters, and keeps the lines of a text', () => {
  expect(() => setOutputs({ key: 'a\u001b[2Jb' })).toThrow('output key')
  setOutputs({ key: '-----BEGIN\r\nx\n' })
  expect(readFileSync(path, 'utf8')).toContain('-----BEGIN\r\nx\n')
})

it('refuses a line that the oldest engine would lose', () => {
  expect(() => setOutputs({ key: 'x'.repeat(61 * 1024) })).toThrow('over 61440 bytes')
})
