import { describe, expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.parse('Thu, 26 Nov 2026 02:00:00 GMT')

describe('the pause that a server asks for', () => {
  it.each([
    ['in seconds', '120', 120_000],
    ['in no time', '0', 0],
    ['by a date', 'Thu, 26 Nov 2026 02:00:30 GMT', 30_000],
    ['by a date of RFC 850', 'Thursday, 26-Nov-26 02:00:30 GMT', 30_000],
    ['by a date that has passed', 'Thu, 26 Nov 2026 01:00:00 GMT', 0],
  ])('is read %s', (_, text, expected) => {
    expect(retryAfterMs({ headers: { 'retry-after': text } }, now)).toBe(expected)
  })

  it.each(['', 'soon', '-1', '1.5', '2026-11-26T02:00:30Z', 'Thu, 99 Foo 2026 99:00:00 GMT'])(
    'is none where the header says %j',
    (text) => {
      expect(retryAfterMs({ headers: { 'retry-after': text } }, now)).toBeUndefined()
    },
  )

  it('is none where there is no header', () => {
    expect(retryAfterMs({ headers: {} }, now)).toBeUndefined()
  })
})
