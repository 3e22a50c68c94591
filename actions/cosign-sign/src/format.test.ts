import { expect, test } from 'vitest'
import { caveatOf, chooseFormat, parseFormat, refuseImpossible } from './format.ts'

const cosign2 = { text: 'v2.6.5', major: 2 } as const
const cosign3 = { text: 'v3.1.3', major: 3 } as const

test('takes bundle with cosign 3 and legacy with cosign 2, unless told', () => {
  expect(chooseFormat(undefined, cosign3)).toBe('bundle')
  expect(chooseFormat(undefined, cosign2)).toBe('legacy')
  expect(chooseFormat('legacy', cosign3)).toBe('legacy')
})

test('refuses an unknown format', () => {
  expect(() => parseFormat('sig')).toThrow('"sig" is none of bundle, legacy, oci-1-1')
})

test('refuses annotations in a bundle of cosign 2, which leaves them out', () => {
  expect(() => refuseImpossible('bundle', cosign2, ['a=b'])).toThrow(/leaves annotations out/)
  expect(() => refuseImpossible('bundle', cosign3, ['a=b'])).not.toThrow()
  expect(() => refuseImpossible('legacy', cosign2, ['a=b'])).not.toThrow()
})

test('refuses an annotation that cosign 2 cannot read: it splits at every equals sign', () => {
  expect(() => refuseImpossible('legacy', cosign2, ['a=b', 'sum=1+1=2'])).toThrow(
    expect.objectContaining({
      code: 'SIGN_FORMAT',
      message: expect.stringContaining('"sum=1+1=2"'),
    }),
  )
  expect(() => refuseImpossible('legacy', cosign3, ['sum=1+1=2'])).not.toThrow()
})

test('says what oci-1-1 cannot promise', () => {
  expect(caveatOf('oci-1-1', cosign2)).toMatch(/the last referrer only/)
  expect(caveatOf('bundle', cosign2)).toMatch(/use cosign 3/)
  expect(caveatOf('bundle', cosign3)).toBeUndefined()
  expect(caveatOf('legacy', cosign2)).toBeUndefined()
})
