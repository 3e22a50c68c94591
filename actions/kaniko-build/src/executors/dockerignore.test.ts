import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextFiles, isIgnored, parseRules } from './dockerignore.ts'

describe('a .dockerignore', () => {
  it.each([
    ['.env', '.env', true],
    ['/.env', '.env', true],
    ['.env', 'sub/.env', false],
    ['**/.env', 'sub/deep/.env', true],
    ['**/.env', '.env', true],
    ['*.log', 'a.log', true],
    ['*.log', 'sub/a.log', false],
    ['node_modules', 'node_modules/x/y.js', true],
    ['node_modules/', 'node_modules/x/y.js', true],
    ['temp?', 'temp1', true],
    ['temp?', 'temp12', false],
    ['a[!b]c', 'axc', true],
    ['a.b', 'axb', false],
    ['# .env', '.env', false],
  ])('%s leaves out %s: %s', (line, path, expected) => {
    expect(isIgnored(path, parseRules(line))).toBe(expected)
  })

  it('lets the last rule that matches decide', () => {
    const rules = parseRules('*\n!src\nsrc/*.key')
    expect(['a', 'src/x', 'src/x.key'].map((path) => isIgnored(path, rules))).toEqual([
      true,
      false,
      true,
    ])
  })
})

describe('the files of a context', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'context-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  function put(path: string, text = ''): void {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }

  it('are all files, and empty folders, where nothing is excluded', () => {
    put('Dockerfile')
    put('sub/b')
    mkdirSync(join(root, 'empty'))
    expect(contextFiles(root, 'Dockerfile')).toEqual(['Dockerfile', 'empty', 'sub/b'])
  })

  it('hold the Dockerfile even where everything is excluded', () => {
    put('build/Dockerfile')
    put('secret')
    put('.dockerignore', '**')
    expect(contextFiles(root, 'build/Dockerfile')).toEqual(['.dockerignore', 'build/Dockerfile'])
  })

  it('obey the ignore file of their own Dockerfile before the common one', () => {
    put('prod.Dockerfile')
    put('prod.Dockerfile.dockerignore', 'secret')
    put('.dockerignore', 'other')
    put('secret')
    put('other')
    const files = contextFiles(root, 'prod.Dockerfile')
    expect([files.includes('secret'), files.includes('other')]).toEqual([false, true])
  })
})
