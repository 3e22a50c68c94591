import { posix } from 'node:path'
import { codeGroups } from '@tierseal/errors'
import { schemaAt } from '@tierseal/tiers'
import { describe, expect, test } from 'vitest'
import { documents, listOf, proseOf, sayingsOf } from './documents.ts'
import { repositoryFiles, textOf } from './sources.ts'

const files = repositoryFiles()
const folders = new Set(files.flatMap(foldersAbove))
const decisions = files.flatMap((path) => /^docs\/decisions\/(\d{4})-/.exec(path)?.[1] ?? [])
const codes = new Set(codeGroups.flatMap(([, table]) => Object.keys(table)))

function foldersAbove(path: string): readonly string[] {
  const words = path.split('/').slice(0, -1)
  return words.map((_word, index) => words.slice(0, index + 1).join('/'))
}

describe('a link of a document', () => {
  const links = documents.flatMap((path) =>
    sayingsOf(path, proseOf(path), /\]\(([^)\s]+)\)/g).filter(({ text }) => !/^\w+:/.test(text)),
  )

  test('leads to a file of the tree, and to a heading that it has', () => {
    expect(links.length).toBeGreaterThan(40)
    const broken = links.filter(({ place, text }) => !leads(place.split(':', 1)[0] ?? '', text))
    expect(listOf(broken, () => false)).toEqual([])
  })

  test('that says the number of a decision leads to that one', () => {
    const numbered = documents.flatMap((path) =>
      sayingsOf(path, textOf(path), /\[(?:decision )?(\d{2,4}\]\([^)]*)\)/g),
    )
    const matches = (text: string): boolean => {
      const [, number = '', target = ''] = /^(\d+)\]\((.*)$/.exec(text) ?? []
      return target.includes(`/${number.padStart(4, '0')}-`) || target.startsWith(`${number}-`)
    }
    expect(listOf(numbered, matches)).toEqual([])
  })
})

function leads(from: string, link: string): boolean {
  const [target = '', anchor] = link.split('#', 2)
  const path = target === '' ? from : posix.join(posix.dirname(from), target).replace(/\/$/, '')
  if (anchor !== undefined) return headingsOf(path).includes(anchor)
  return files.includes(path) || folders.has(path)
}

function headingsOf(path: string): readonly string[] {
  const headings = [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text)
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('what is named', () => {
  // A folder of ours, and not the end of a longer path; `*` and `{a,b}` are globs.
  const path =
    /(?<![\w/.>@-])((?:actions|docs|examples|packages|patches|scripts|test|workflows)\/[\w.*{},-][\w./*{},-]*[\w/*}])/g
  // Repositories of others, and pages of theirs.
  const foreign = /^(actions\/(checkout|toolkit|runner)\b|docs\/spec\/)/

  test('in a document as a path of the tree is there', () => {
    const named = documents.flatMap((document) => sayingsOf(document, textOf(document), path))
    expect(named.length).toBeGreaterThan(100)
    expect(listOf(named, (text) => foreign.test(text) || isThere(text))).toEqual([])
  })

  test('in a source or a template as a page or a test is there', () => {
    const others = files.filter((file) => !file.endsWith('.md') && !file.endsWith('.sum'))
    const named = others.flatMap((file) =>
      sayingsOf(file, textOf(file), /(?<![\w/.-])(docs\/[\w./-]+\.md|test\/[\w./-]+\.test\.ts)\b/g),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(listOf(named, isThere)).toEqual([])
  })

  test('as a decision is one', () => {
    const named = documents.flatMap((document) =>
      sayingsOf(document, textOf(document), /\bdecisions? (\d{4})\b|(?<=\()(\d{4})(?=[),])/g),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(listOf(named, (text) => decisions.includes(text))).toEqual([])
  })

  test('as a key of tiers.yaml is one, of the site, a tier or a service', () => {
    const roots = [[], ['tiers', 0], ['services', 0]]
    const isKey = (path: readonly string[]): boolean =>
      roots.some((root) => schemaAt([...root, ...path]) !== undefined)
    const named = documents.flatMap((document) =>
      sayingsOf(
        document,
        proseOf(document),
        /`([a-z][A-Za-z]+(?:\.[a-z][A-Za-z]+)+)(?:: [^`]*)?`/g,
      ),
    )
    const keys = named.filter(
      ({ text }) => isKey(text.split('.').slice(0, 1)) && !/\.(ts|ya?ml|json|pem)$/.test(text),
    )
    expect(keys.length).toBeGreaterThan(20)
    expect(listOf(keys, (text) => isKey(text.split('.')))).toEqual([])
  })

  test('as an error code is one', () => {
    const families = new Set([...codes].map((code) => code.split('_', 1)[0]))
    const variables = /^(VAULT_(ADDR|TOKEN)|DOCKER_CONFIG|REGISTRY_(USERNAME|PASSWORD)(_[A-Z]+)?)$/
    // A decision may tell of a code that is gone.
    const current = documents.filter((document) => !document.startsWith('docs/decisions/'))
    const named = current.flatMap((document) =>
      sayingsOf(document, textOf(document), /(?<![\w$*])([A-Z]+(?:_[A-Z0-9]+)+)\b(?!_)/g),
    )
    const isCode = (text: string): boolean =>
      codes.has(text) || variables.test(text) || !families.has(text.split('_', 1)[0])
    expect(named.length).toBeGreaterThan(100)
    expect(listOf(named, isCode)).toEqual([])
  })
})

function isThere(path: string): boolean {
  if (!/[*{]/.test(path)) return files.some((file) => file.startsWith(path))
  const pattern = path
    .replaceAll('.', '\\.')
    .replaceAll('*', '[^/]*')
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .replaceAll(',', '|')
  return files.some((file) => new RegExp(`^${pattern}`).test(file))
}

describe('a runbook', () => {
  const folder = 'docs/runbooks/'
  const runbooks = documents.filter(
    (path) => path.startsWith(folder) && path !== `${folder}README.md`,
  )

  test.each(runbooks)('says what to type, when to stop and how to undo it: %s', (path) => {
    const text = textOf(path)
    expect(text).toMatch(/^# .+\n\n/)
    expect(text).toMatch(/^ *```sh$/m)
    expect(text).toMatch(/^## Stop when$/m)
    expect(text).toMatch(/^## Undo$/m)
  })

  test('is found by its symptom', () => {
    const index = textOf(`${folder}README.md`)
    expect(runbooks.filter((path) => !index.includes(`](${posix.basename(path)}`))).toEqual([])
  })

  test('is there for every page that a refusal of admission names', () => {
    const source = 'packages/generator/src/values/admission.ts'
    const named = sayingsOf(source, textOf(source), /message\([^)]*'([a-z-]+)'\s*,?\s*\)/g)
    expect(named.length).toBe(5)
    expect(listOf(named, (page) => runbooks.includes(`${folder}${page}.md`))).toEqual([])
  })
})

describe('a list that is written by hand is whole', () => {
  test('docs/errors.md: every code that can be thrown', () => {
    const tables = files.filter((path) => /^packages\/errors\/src\/codes\/[a-z]+\.ts$/.test(path))
    const thrown = tables.flatMap((path) => sayingsOf(path, textOf(path), /^ {2}([A-Z_]+): \{$/gm))
    expect(thrown.length).toBeGreaterThan(150)
    expect(listOf(thrown, (text) => codes.has(text))).toEqual([])
  })

  test('README.md: the Go that the pins ask for', () => {
    const pins = files.filter((path) => /^test\/tools\/[^/]+\/go\.mod$/.test(path))
    const asked = pins.flatMap((path) => /^go 1\.26\.(\d+)$/m.exec(textOf(path))?.[1] ?? [])
    expect(asked.length).toBe(pins.length)
    expect(textOf('README.md')).toContain(`Go 1.26 from 1.26.${Math.max(...asked.map(Number))} on`)
  })

  test('CONTRIBUTING.md: every folder of packages/', () => {
    const map = textOf('CONTRIBUTING.md')
    const packages = files.flatMap(
      (path) => /^(packages\/[^/]+)\/package\.json$/.exec(path)?.[1] ?? [],
    )
    expect(packages.filter((name) => !map.includes(`\`${name}\``))).toEqual([])
  })

  test('test/cluster/README.md: every suite, in the order in which they run', () => {
    const suites = files.flatMap((path) => /^test\/cluster\/(.+)\.test\.ts$/.exec(path)?.[1] ?? [])
    const listed = [...textOf('test/cluster/README.md').matchAll(/^\| `(\d\d-[^`]+)` \|/gm)]
    expect(listed.map(([, name]) => name)).toEqual(suites)
  })

  test('workflows/README.md: every template', () => {
    const rows = [...textOf('workflows/README.md').matchAll(/^\| (`.*`) \|/gm)]
    const patterns = rows.flatMap(([, cell = '']) => {
      const [first = '', ...rest] = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
      return [first, ...rest.map((name) => posix.join(posix.dirname(first), name))]
    })
    const templates = files.filter((path) => /^workflows\/.*\.yaml$/.test(path))
    const isListed = (path: string): boolean =>
      patterns.some((pattern) =>
        new RegExp(`^workflows/${pattern.replaceAll('*', '[^/]*')}$`).test(path),
      )
    expect(templates.filter((path) => !isListed(path))).toEqual([])
  })
})
