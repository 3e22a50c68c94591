import { describe, expect, it } from 'vitest'
import { parseDigest, tryDigest } from './digest.ts'

const hex = '0123456789abcdef'.repeat(4)

describe('parseDigest', () => {
  it('gives a digest back unchanged', () => {
    expect(parseDigest(`sha256:${hex}`)).toBe(`sha256:${hex}`)
  })

  it.each([
    ['', 'it is empty'],
    [` sha256:${hex}`, 'white space around'],
    [`sha256:${hex}\n`, 'white space around'],
    [hex, 'no <algorithm>:<hex> form'],
    ['sha256:', 'no <algorithm>:<hex> form'],
    [`sha512:${hex}${hex}`, 'its algorithm is "sha512"'],
    [`SHA256:${hex}`, 'its algorithm is "SHA256"'],
    [`sha256:${hex.toUpperCase()}`, 'upper-case hex digits'],
    [`sha256:${hex.slice(1)}g`, 'not hex digits'],
    [`sha256:${hex.slice(0, 63)}`, 'has 63 hex digits instead of 64'],
    [`sha256:${hex}0`, 'has 65 hex digits instead of 64'],
  ])('refuses %j and names the flaw', (text, flaw) => {
    expect(() => parseDigest(text)).toThrowError(
      expect.objectContaining({ code: 'DIGEST_INVALID', message: expect.stringContaining(flaw) }),
    )
    expect(tryDigest(text)).toBeUndefined()
  })
})
