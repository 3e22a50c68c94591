import { applySplices } from '@tierseal/yaml-edit'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { compileTemplate } from './compile.ts'
import { spliceTemplate } from './fill.ts'
import type { Value } from './value.ts'

function fill(text: string, values: Readonly<Record<string, Value>>): string {
  const template = compileTemplate('t.yaml', text)
  return applySplices(
    text,
    spliceTemplate(template, (path) => values[path]),
  )
}

const expression = (content: string): string => `\${{ ${content} }}`

test('keeps comments, order, quotes and blank lines', () => {
  const text = '# why\n\nb:   ((x))   # here\na: \'((x))-1\'\n\n\nc: "((x))"\n'
  expect(fill(text, { x: 'dev' })).toBe('# why\n\nb:   dev   # here\na: \'dev-1\'\n\n\nc: "dev"\n')
})

test.each([
  'yes',
  'No',
  'on',
  'null',
  '~',
  '1.20',
  '0123',
  '1e3',
  '12:30:45',
  '2026-11-23',
  '- a',
  'a: b',
  'a #b',
  '*x',
  '&x',
  '!x',
  '',
  ' a',
  '{a}',
])('writes %j so that YAML 1.1 and 1.2 both read it as that text', (value) => {
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(fill('a: ((x))\n', { x: value }), { version })).toEqual({ a: value })
    expect(parse(fill('[((x)), b]\n', { x: value }), { version })).toEqual([value, 'b'])
    expect(parse(fill("a: 'q((x))'\n", { x: value }), { version })).toEqual({ a: `q${value}` })
    expect(parse(fill('a: "q((x))"\n', { x: value }), { version })).toEqual({ a: `q${value}` })
  }
})

test('keeps the type of a number and of a flag that stand alone', () => {
  expect(fill('a: ((n))\nb: ((t))\nc: x((n))\n', { n: 12, t: true })).toBe(
    'a: 12\nb: true\nc: x12\n',
  )
})

test('writes a list below its key, and inside brackets where the template has them', () => {
  expect(fill('a:\n  b: ((l))\n', { l: ['x', '1'] })).toBe('a:\n  b:\n    - x\n    - "1"\n')
  expect(parse(fill('a: [((l))]\n', { l: ['x'] }))).toEqual({ a: [['x']] })
  expect(fill('a: ((l))\n', { l: [] })).toBe('a: []\n')
})

test('writes several lines as a block', () => {
  const pem = '-----BEGIN-----\nabc\n-----END-----\n'
  expect(fill('a:\n  k: ((p))\n', { p: pem })).toBe(
    'a:\n  k: |\n    -----BEGIN-----\n    abc\n    -----END-----\n',
  )
  expect(parse(fill('a:\n  - k: ((p))\n    l: 1\n', { p: pem }))).toEqual({ a: [{ k: pem, l: 1 }] })
})

test('takes out the line of an absent optional value, with the comment above it', () => {
  const text = 'a: 1\n# about b\nb: ((x?))\nc: 2\n'
  expect(fill(text, { x: undefined })).toBe('a: 1\nc: 2\n')
  expect(fill(text, { x: 'z' })).toBe('a: 1\n# about b\nb: z\nc: 2\n')
})

test('leaves an expression bare and puts a value beside it', () => {
  const text = `a: ((x)) ${expression('steps.sign.outputs.image')}\nb: ((e))\n`
  expect(fill(text, { x: 'overlays/dev', e: expression('secrets.TOKEN') })).toBe(
    `a: overlays/dev ${expression('steps.sign.outputs.image')}\nb: ${expression('secrets.TOKEN')}\n`,
  )
})

test.each([
  ['a placeholder in a block of text', 'note: |\n  echo ((x))\n', '1:7'],
  ['a placeholder inside run:', 'run: echo ((x))\n', '1:6'],
  ['a placeholder inside run:', "steps: [{ run: 'a; ((x))' }]\n", '1:16'],
  ['a placeholder inside run:', 'run: |\n  echo ((x))\n', '1:6'],
  ['a placeholder inside shell:', 'shell: ((x))\n', '1:8'],
  ['a placeholder inside if:', "if: a == '((x))'\n", '1:5'],
  ['a placeholder in a key', '((x)): 1\n', '1:1'],
  ['a placeholder inside an expression', `a: ${expression('secrets.((x))')}\n`, '1:4'],
  ['a placeholder outside a value', 'a: 1 # ((x))\n', '1:8'],
  ['a placeholder that is not ((a.path))', 'a: ((X))\n', '1:4'],
  ['a placeholder that is not ((a.path))', 'a: b ((x)\n', '1:4'],
  ['an optional placeholder that is not alone on its line', 'a: b-((x?))\n', '1:4'],
  ['an optional placeholder that is not alone on its line', 'a: { b: ((x?)) }\n', '1:9'],
])('refuses %s', (what, text, position) => {
  expect(() => compileTemplate('t.yaml', text)).toThrow(
    expect.objectContaining({ code: 'TEMPLATE_INVALID', message: `t.yaml:${position}: ${what}` }),
  )
})

test('refuses a template that is not YAML', () => {
  expect(() => compileTemplate('t.yaml', 'a: [1\n')).toThrow(
    expect.objectContaining({ code: 'TEMPLATE_INVALID' }),
  )
})

test('refuses an absent value that is not optional', () => {
  expect(() => fill('a: ((x))\n', {})).toThrow(
    expect.objectContaining({ message: 't.yaml: ((x)) has no value here' }),
  )
})
