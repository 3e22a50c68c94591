import { parseDigest } from '@tierseal/oci'
import { parseYaml } from '@tierseal/yaml-edit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { changedLines } from './changed-lines.ts'
import { pinEntry } from './pin-entry.ts'

const digest = fc
  .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
  .map((hex) => parseDigest(`sha256:${hex}`))
const names = fc.uniqueArray(fc.stringMatching(/^reg[a-z]{1,3}-internal\/[a-z]{2,6}$/), {
  minLength: 1,
  maxLength: 5,
})
const quote = fc.constantFrom(
  (text: string) => text,
  (text: string) => `'${text}'`,
  (text: string) => `"${text}"`,
)
const comment = fc.constantFrom('', ' # 1.0', '   #é😀')

interface Style {
  readonly indent: number
  readonly gap: number
  readonly quoted: (text: string) => string
  readonly comment: string
  readonly flow: boolean
  readonly digest: string | undefined
  readonly tag: string | undefined
}

const style: fc.Arbitrary<Style> = fc.record({
  indent: fc.nat(6),
  gap: fc.integer({ min: 1, max: 4 }),
  quoted: quote,
  comment,
  flow: fc.boolean(),
  digest: fc.option(digest, { nil: undefined }),
  tag: fc.option(fc.constantFrom('v1', '1.2.3-rc.1', 'latest'), { nil: undefined }),
})

function writeEntry(name: string, indent: number, written: Style): string {
  const { gap, quoted, flow } = written
  const pairs = [
    ['name', name],
    ['newTag', written.tag],
    ['digest', written.digest],
  ].flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}:${' '.repeat(gap)}${quoted(value)}`],
  )
  const dash = `${' '.repeat(indent)}-${' '.repeat(gap)}`
  if (flow) return `${dash}{${pairs.join(', ')}}${written.comment}`
  return dash + pairs.map((pair) => pair + written.comment).join(`\n${' '.repeat(dash.length)}`)
}

const file = fc
  .record({
    names,
    styles: fc.array(style, { minLength: 5, maxLength: 5 }),
    indent: fc.nat(6),
    lineBreak: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\uFEFF'),
    tail: fc.constantFrom('', '\n', '\n\n# end\n', '\nnamespace:   dev\n\n\n'),
    chosen: fc.nat(),
  })
  .map(({ names, styles, indent, lineBreak, mark, tail, chosen }) => {
    const entries = names.map((name, index) => {
      const written = styles[index]
      return written === undefined ? '' : writeEntry(name, indent, written)
    })
    const text = `# head\nimages:\n${entries.join('\n')}${tail}`
    return {
      text: mark + text.replaceAll('\n', lineBreak),
      image: names[chosen % names.length] ?? '',
    }
  })

test('any pin changes at most 3 lines and exactly the intended values', () => {
  fc.assert(
    fc.property(file, digest, ({ text, image }, next) => {
      const { source } = pinEntry(
        parseYaml('k', text),
        { file: 'k', image, entry: undefined },
        next,
      )
      expect(changedLines(text, source.text)).toBeLessThanOrEqual(3)
      const before = parse(text.replace('\uFEFF', ''))
      const index = before.images.findIndex(
        (entry: { name: string; newName?: string }) => (entry.newName ?? entry.name) === image,
      )
      const { newTag: _, ...kept } = before.images[index]
      before.images[index] = { ...kept, digest: next }
      expect(parse(source.text.replace('\uFEFF', ''))).toEqual(before)
    }),
    { numRuns: 500 },
  )
})

test('every byte outside the changed lines stays', () => {
  fc.assert(
    fc.property(file, digest, ({ text, image }, next) => {
      const { source } = pinEntry(
        parseYaml('k', text),
        { file: 'k', image, entry: undefined },
        next,
      )
      const added = source.text.split('\n').filter((line) => !text.split('\n').includes(line))
      expect(added.every((line) => line.includes(next) || !text.endsWith('\n'))).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('a second pin of the same digest changes nothing', () => {
  fc.assert(
    fc.property(file, digest, ({ text, image }, next) => {
      const query = { file: 'k', image, entry: undefined }
      const once = pinEntry(parseYaml('k', text), query, next).source.text
      expect(pinEntry(parseYaml('k', once), query, next).source.text).toBe(once)
    }),
    { numRuns: 200 },
  )
})
