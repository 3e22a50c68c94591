import { KnownError } from '@tierseal/errors'
import { parseDigest } from '@tierseal/oci'
import { describe, expect, test } from 'vitest'
import { provePins } from './prove.ts'

const name = 'reg.internal:5000/dev/app'
const digest = parseDigest(`sha256:${'a'.repeat(64)}`)
const pinned = `${name}@${digest}`
const pin = { name, digest }

const pod = (image: string, more = ''): string =>
  `kind: Pod\nspec:\n  containers:\n  - image: ${image}\n    name: main\n${more}`

function verdict(before: string, after: string, others: readonly (typeof pin)[] = []): string {
  try {
    provePins({ overlay: 'dev', before, after, pins: [pin], others })
  } catch (error) {
    if (error instanceof KnownError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'proven'
}

test.each([
  ['a tag', `${name}:v1`],
  ['another digest', `${name}@sha256:${'b'.repeat(64)}`],
  ['a tag and a digest', `${name}:v1@sha256:${'b'.repeat(64)}`],
  ['a bare name', name],
  ['the same digest', pinned],
])('proves a pin over %s', (_, image) => {
  expect(verdict(pod(image), pod(pinned))).toBe('proven')
})

test('proves init containers, several documents and text that only looks like an image', () => {
  const init = `  initContainers:\n  - image: ${pinned}\n    name: init\n`
  const note = `kind: ConfigMap\ndata:\n  note: |\n    image: ${name}:v1\n`
  const old = init.replace(pinned, `${name}:v0`)
  expect(verdict(`${pod(`${name}:v1`, old)}---\n${note}`, `${pod(pinned, init)}---\n${note}`)).toBe(
    'proven',
  )
})

test('accepts the pins of another overlay of the same commit', () => {
  const other = { name: 'reg.internal:5000/dev/web', digest }
  const both = (web: string): string => `${pod(pinned)}---\n${pod(web)}`
  const before = both(`${other.name}:v1`)
  const after = both(`${other.name}@${digest}`)
  expect(verdict(before, after, [other])).toBe('proven')
  expect(verdict(before, after)).toMatch(/^PIN_BUILD_DIFFERS/)
})

describe('disproves', () => {
  test.each([
    ['a pin that changes nothing', pod('other/app'), pod('other/app'), 'PIN_CHANGED_NOTHING'],
    [
      'an overlay without containers',
      'kind: A\n',
      'kind: A\n',
      'PIN_CHANGED_NOTHING: dev has no container of reg.internal:5000/dev/app: it renders no container',
    ],
    [
      'an image outside of containers only',
      `image: ${name}\n`,
      `image: ${pinned}\n`,
      'PIN_CHANGED_NOTHING',
    ],
    [
      'another digest',
      pod(`${name}:v1`),
      pod(`${name}@sha256:${'c'.repeat(64)}`),
      'PIN_BUILD_DIFFERS',
    ],
    ['a tag that stays', pod(`${name}:v1`), pod(`${name}:v1@${digest}`), 'PIN_BUILD_DIFFERS'],
    [
      'another value',
      pod(name, '  x: 1\n'),
      pod(pinned, '  x: 2\n'),
      'PIN_BUILD_DIFFERS: the pin would change more of dev: spec.x',
    ],
    ['a new value', pod(name), pod(pinned, '  x: 1\n'), 'PIN_BUILD_DIFFERS'],
    ['a value that moves', pod(name, '  x: 1\n'), pod(pinned, '  y: 1\n'), 'PIN_BUILD_DIFFERS'],
    [
      'a new document',
      pod(name),
      `${pod(pinned)}---\nkind: B\n`,
      'PIN_BUILD_DIFFERS: the pin would change more of dev: it renders 2 documents instead of 1',
    ],
    [
      'another image that the name matches',
      `${pod(pinned)}---\n${pod('regXinternal:5000/dev/app:v1')}`,
      `${pod(pinned)}---\n${pod(`regXinternal:5000/dev/app@${digest}`)}`,
      'PIN_ENTRY_PATTERN',
    ],
    [
      'a use that is left behind',
      `${pod(name)}---\nspec:\n  image: ${name}:v1\n`,
      `${pod(pinned)}---\nspec:\n  image: ${name}:v1\n`,
      'PIN_NOT_EVERYWHERE: in dev, spec.image would still be',
    ],
    ['a rendering that is no YAML', pod(name), '{', 'PIN_BUILD_FAILED'],
  ])('%s', (_, before, after, message) => {
    expect(verdict(before, after)).toContain(message)
  })
})
