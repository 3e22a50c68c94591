import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeTogether } from './write.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierseal-test-write-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (path: string): string => join(folder, path)

test('a file that cannot be put in place takes back the ones before it, and the folders made for them', () => {
  writeFileSync(at('first'), 'before')
  writeFileSync(at('gone'), 'before')
  mkdirSync(at('second/inside'), { recursive: true })
  const files = [
    { path: at('first'), text: 'after' },
    { path: at('new/deep/third'), text: 'after' },
    { path: at('second'), text: 'after' },
  ]
  expect(() => writeTogether(files, [at('gone')])).toThrow(
    expect.objectContaining({ code: 'FILES_NOT_WRITTEN' }),
  )
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
    'first',
    'gone',
    'second',
    'second/inside',
  ])
  expect(readFileSync(at('first'), 'utf8')).toBe('before')
})

test('puts files in place and takes others away, and leaves nothing beside them', () => {
  writeFileSync(at('first'), 'before')
  writeFileSync(at('gone'), 'before')
  const files = ['first', 'new/second'].map((path) => ({ path: at(path), text: 'after' }))
  writeTogether(files, [at('gone')])
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['first', 'new', 'new/second'])
  expect(readFileSync(at('first'), 'utf8')).toBe('after')
})
