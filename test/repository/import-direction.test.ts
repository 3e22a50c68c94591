import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsOf, typeScriptFiles } from './sources.ts'

// What each package may import of ours: CONTRIBUTING.md, "Where things are". A new arrow is a decision.
const arrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  json: [],
  oci: ['errors'],
  https: ['errors'],
  registry: ['errors', 'https', 'json', 'oci'],
  vault: ['errors', 'https', 'json'],
  'action-kit': ['errors'],
  diagnosis: ['errors'],
  'yaml-edit': ['errors'],
  tiers: ['errors', 'oci'],
  generator: ['errors', 'json', 'oci', 'tiers', 'vault', 'https', 'yaml-edit'],
  'signing-key': [],
  cli: [
    ...['diagnosis', 'errors', 'generator', 'https', 'json', 'oci', 'registry', 'signing-key'],
    ...['tiers', 'vault', 'yaml-edit'],
  ],
  'test-kit': ['errors', 'oci', 'registry', 'vault', 'https', 'yaml-edit'],
}
const forActions = [
  ...['action-kit', 'diagnosis', 'errors', 'https', 'json', 'oci', 'registry', 'signing-key'],
  'vault',
  'yaml-edit',
]

const files = typeScriptFiles()
const shipped = files.filter((path) => /^(packages|actions)\//.test(path) && !isTest(path))

function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

// packages/oci/src/digest.ts -> ['packages', 'oci']
function homeOf(path: string): readonly [group: string, name: string] {
  const [group = '', name = ''] = path.split('/')
  return [group, name]
}

function nameOf(path: string): string {
  return homeOf(path)[1]
}

function ourPackagesIn(path: string): readonly string[] {
  return importsOf(path).flatMap((specifier) => /^@tierseal\/([a-z-]+)/.exec(specifier)?.[1] ?? [])
}

describe('imports point one way', () => {
  test('between packages that there are', () => {
    const packages = new Set(files.filter((path) => path.startsWith('packages/')).map(nameOf))
    expect(new Set([...Object.keys(arrows), ...Object.values(arrows).flat()])).toEqual(packages)
    expect(forActions.filter((name) => !packages.has(name))).toEqual([])
  })

  test('packages import only what stands below them, and never an action', () => {
    const wrong = shipped
      .filter((path) => path.startsWith('packages/'))
      .flatMap((path) => {
        const allowed = arrows[homeOf(path)[1]] ?? []
        const against = ourPackagesIn(path).filter((name) => !allowed.includes(name))
        return against.map((name) => `${path} imports ${name}`)
      })
    expect(wrong).toEqual([])
  })

  test('actions import packages for actions, and never each other', () => {
    const wrong = shipped
      .filter((path) => path.startsWith('actions/'))
      .flatMap((path) => {
        const against = ourPackagesIn(path).filter((name) => !forActions.includes(name))
        return against.map((name) => `${path} imports ${name}`)
      })
    expect(wrong).toEqual([])
  })

  test('no relative import leaves its package or action', () => {
    const wrong = files
      .filter((path) => /^(packages|actions)\//.test(path))
      .flatMap((path) => {
        const home = `${homeOf(path).join('/')}/`
        const relative = importsOf(path).filter((specifier) => specifier.startsWith('.'))
        const outside = relative.filter(
          (specifier) => !posix.join(posix.dirname(path), specifier).startsWith(home),
        )
        return outside.map((specifier) => `${path} imports ${specifier}`)
      })
    expect(wrong).toEqual([])
  })

  test('test-kit is imported by tests and scripts alone', () => {
    const importers = shipped.filter((path) => ourPackagesIn(path).includes('test-kit'))
    expect(importers).toEqual([])
  })

  test('packages import each other by name, never a file inside', () => {
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter((specifier) => /^@tierseal\/(?!test-kit\/)[a-z-]+\//.test(specifier))
        .map((specifier) => `${path} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('one importer for each outside library', () => {
  test.each([
    ['@actions/*', /^@actions\//, 'packages/action-kit/'],
    ['node-vault', /^node-vault$/, 'packages/vault/'],
  ])('%s', (_name, pattern, home) => {
    const importers = files.filter((path) => importsOf(path).some((name) => pattern.test(name)))
    expect(importers.filter((path) => !path.startsWith(home))).toEqual([])
    expect(importers).not.toEqual([])
  })

  test('errors and oci import nothing from outside', () => {
    const wrong = shipped
      .filter((path) => /^packages\/(errors|oci)\//.test(path))
      .filter((path) => importsOf(path).some((name) => !/^(\.|@tierseal\/errors)/.test(name)))
    expect(wrong).toEqual([])
  })
})
