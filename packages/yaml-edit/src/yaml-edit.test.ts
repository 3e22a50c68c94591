import { KnownError } from '@tierseal/errors'
import { expect, test } from 'vitest'
import { isMap, isScalar, parse } from 'yaml'
import { editYaml } from './edit.ts'
import { positionAt } from './position.ts'
import { type QuoteStyle, quoteStyleOf, renderScalar } from './scalar.ts'
import { applySplices } from './splice.ts'
import { parseYaml, type YamlSource } from './yaml-source.ts'

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof KnownError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing was thrown'
}

function valueRange(source: YamlSource, key: string): readonly [number, number] {
  const { contents } = source.document
  const node = isMap(contents) ? contents.get(key, true) : undefined
  if (!isScalar(node) || !node.range) throw new Error(`no scalar ${key}`)
  return [node.range[0], node.range[1]]
}

test('edits one value and leaves BOM, CRLF, comments and multi-byte text alone', () => {
  const text = '\uFEFF# é😀\r\na:   "😀" # keep\r\n\r\n\r\nb:   0123\r\n'
  const source = parseYaml('k.yaml', new TextEncoder().encode(text))
  const [start, end] = valueRange(source, 'b')
  const edited = editYaml(source, [{ start, end, text: 'new' }], { a: '😀', b: 'new' })
  expect(edited.text).toBe(text.replace('0123', 'new'))
})

test('refuses an edit that does not read back as intended', () => {
  const source = parseYaml('k.yaml', 'a: 1\nb: 2\n')
  const splices = [{ start: 3, end: 4, text: '3' }]
  expect(codeOf(() => editYaml(source, splices, { a: 4, b: 2 }))).toMatch(/^YAML_EDIT_REFUSED/)
})

test('refuses an edit that breaks the syntax', () => {
  const source = parseYaml('k.yaml', 'a: 1\n')
  const splices = [{ start: 3, end: 4, text: '"' }]
  expect(codeOf(() => editYaml(source, splices, { a: '"' }))).toMatch(/^YAML_EDIT_REFUSED/)
})

test('applies splices by the offsets of the text before, in any order', () => {
  const splices = [
    { start: 4, end: 5, text: 'XYZ' },
    { start: 0, end: 1, text: '' },
  ]
  expect(applySplices('abcdef', splices)).toBe('bcdXYZf')
})

test.each([
  [
    { start: 0, end: 3, text: '' },
    { start: 2, end: 4, text: '' },
  ],
  [{ start: 4, end: 9, text: '' }],
  [{ start: 3, end: 2, text: '' }],
])('takes overlapping or outlying splices as a bug', (...splices) => {
  expect(() => applySplices('abcdef', splices)).toThrow(/overlaps/)
})

test('counts lines and columns as an editor does', () => {
  const text = '\uFEFFa\r\n😀b'
  expect(positionAt(text, 1)).toEqual({ line: 1, column: 1 })
  expect(positionAt(text, text.indexOf('b'))).toEqual({ line: 2, column: 2 })
})

test.each([
  ['a: [1\n', /^YAML_INVALID: k\.yaml:2:1: /],
  ['a: 1\na: 2\n', /^YAML_INVALID: k\.yaml:2:1: Map keys must be unique/],
  ['a: 1\n---\nb: 2\n', /^YAML_MULTI_DOCUMENT: k\.yaml holds 2 YAML documents/],
  ['', /^YAML_MULTI_DOCUMENT: k\.yaml holds no YAML document/],
])('refuses %j with its position', (text, message) => {
  expect(codeOf(() => parseYaml('k.yaml', text))).toMatch(message)
})

test('refuses bytes that are not UTF-8', () => {
  expect(codeOf(() => parseYaml('k.yaml', Uint8Array.of(0xff, 0xfe)))).toMatch(
    /^YAML_INVALID: k\.yaml is not UTF-8/,
  )
})

test('refuses aliases that multiply without end', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [name, of] of [
    ['b', 'a'],
    ['c', 'b'],
    ['d', 'c'],
    ['e', 'd'],
  ]) {
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(',')}]`)
  }
  const source = parseYaml('k.yaml', `${bomb.join('\n')}\n`)
  expect(codeOf(() => source.values())).toMatch(/^YAML_INVALID: k\.yaml: Excessive alias count/)
})

const awkward = [
  'yes',
  'no',
  'y',
  'off',
  'null',
  '~',
  '',
  ' ',
  '0123',
  '1e3',
  '1.10',
  '0x1f',
  '1:30',
  '12:30:45',
  '2026-11-23',
  '.inf',
  '<<',
  '=',
  'a: b',
  'a:',
  'a #b',
  '#a',
  '- a',
  '-',
  '?',
  '*a',
  '&a',
  '!a',
  '%a',
  '@a',
  '`a',
  '{a',
  'a}',
  'a, b',
  '[a]',
  "it's",
  'say "x"',
  'tab\tx',
  'two\nlines',
  'é😀',
  '\u0085',
  'reg.internal:5000/a/b@sha256:00',
  'trailing ',
  ' leading',
  '---',
  '...',
  'a\\b',
  '\u2028',
] as const
const styles: readonly QuoteStyle[] = ['plain', 'single', 'double']
const cases = awkward.flatMap((value) => styles.map((style) => [value, style] as const))

test.each(cases)('writes %j (%s) so that every reader takes it as that string', (value, style) => {
  const written = renderScalar(value, style)
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(`a: ${written}\n`, { version })).toEqual({ a: value })
    expect(parse(`[{a: ${written}}, b]`, { version })).toEqual([{ a: value }, 'b'])
  }
})

test('keeps the style of a value that allows it', () => {
  const source = parseYaml('k.yaml', `a: x\nb: 'x'\nc: "x"\nd: |\n  x\n`)
  const { contents } = source.document
  if (!isMap(contents)) throw new Error('not a map')
  const found = contents.items.map(({ value }) => (isScalar(value) ? quoteStyleOf(value) : 'none'))
  expect(found).toEqual(['plain', 'single', 'double', undefined])
  expect(styles.map((style) => renderScalar('sha256:0a', style))).toEqual([
    'sha256:0a',
    "'sha256:0a'",
    '"sha256:0a"',
  ])
})

test('reads many keys in a time that grows with them', () => {
  const keys = Array.from({ length: 40_000 }, (_, index) => `k${index}: 1\n`)
  expect(codeOf(() => parseYaml('k.yaml', [...keys, 'k1: 2\n'].join('')))).toBe(
    'YAML_INVALID: k.yaml:40001:1: Map keys must be unique',
  )
})

test('reads a text of many flaws in a time that grows with them', () => {
  expect(codeOf(() => parseYaml('k.yaml', `[${','.repeat(120_000)}]`))).toBe(
    'YAML_INVALID: k.yaml:1:3: Unexpected , in flow sequence',
  )
})
