import { expect, test } from 'vitest'
import { chooseVersion, versionQuery } from './public-key.ts'

const pins = (keyVersion?: number, minimumKeyVersion?: number) => ({
  keyVersion,
  minimumKeyVersion,
  handover: 'wrapped' as const,
  kvVersion: 2 as const,
})
const firstEngine = { ...pins(7), kvVersion: 1 } as const

test.each([
  ['the published version without a pin', pins(), 3, 3],
  ['the pinned version where nothing is published', pins(2), undefined, 2],
  ['the latest where neither is known', pins(), undefined, undefined],
  ['a version at the minimum', pins(undefined, 3), 3, 3],
  ['the pinned version that the public key is of, where KV keeps none', firstEngine, 7, 7],
  [
    'the pinned version of a transit key, whatever KV keeps',
    { ...firstEngine, handover: 'transit' as const },
    undefined,
    7,
  ],
])('chooses %s', (_what, wanted, published, expected) => {
  expect(chooseVersion(wanted, published)).toBe(expected)
})

test.each([
  ['a pin that is not the published version', pins(2), 3, /2 is pinned.*of version 3/],
  ['a version below the minimum', pins(undefined, 4), 3, /version 3, below the minimum 4/],
  ['a minimum that nothing can prove', pins(undefined, 4), undefined, /nothing says/],
  ['a pin that nothing can prove', firstEngine, undefined, /7 is pinned.*keeps no versions/],
  [
    'a pin above its minimum that nothing can prove',
    { ...firstEngine, minimumKeyVersion: 5 },
    undefined,
    /7 is pinned.*keeps no versions/,
  ],
])('refuses %s', (_what, wanted, published, reason) => {
  expect(() => chooseVersion(wanted, published)).toThrow(reason)
})

test('asks KV version 1 for no version: it keeps none', () => {
  expect(versionQuery(3, 1)).toEqual({})
  expect(versionQuery(3, 2)).toEqual({ version: 3 })
})
