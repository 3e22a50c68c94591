import { describe, expect, it } from 'vitest'
import { parseDigest, tryDigest } from './digest.ts'

const hex = '0123456789abcdef'.repeat(4)

describe('parseDigest', () => {
  it('gives a digest back unchanged', () => {
    expect(parseDigest(`sha256:${hex}`)).toBe(`sha256:${hex}`)
  })

  it.each([
    ['', 'DIGEST_EMPTY', 'it is empty', 'build step'],
    [` sha256:${hex}`, 'DIGEST_WHITE_SPACE', 'white space around', 'newline'],
    [`sha256:${hex}\n`, 'DIGEST_WHITE_SPACE', 'white space around', 'newline'],
    [hex, 'DIGEST_INVALID', 'no <algorithm>:<hex> form', 'Expected'],
    ['sha256:', 'DIGEST_INVALID', 'no <algorithm>:<hex> form', 'Expected'],
    [`sha512:${hex}${hex}`, 'DIGEST_ALGORITHM', 'its algorithm is "sha512"', 'sha256 digest'],
    [`SHA256:${hex}`, 'DIGEST_ALGORITHM', 'its algorithm is "SHA256"', 'sha256 digest'],
    [`sha256:${hex.toUpperCase()}`, 'DIGEST_UPPER_CASE', 'upper-case hex digits', 'to the letter'],
    [`sha256:${hex.slice(1)}g`, 'DIGEST_INVALID', 'not hex digits', 'Expected'],
    [`sha256:${hex.slice(0, 63)}`, 'DIGEST_TRUNCATED', 'has 63 hex digits', 'cut off'],
    [`sha256:${hex}0`, 'DIGEST_INVALID', 'has 65 hex digits', 'Expected'],
  ])('refuses %j with the code and the hint of its flaw', (text, code, flaw, hint) => {
    expect(() => parseDigest(text)).toThrowError(
      expect.objectContaining({
        code,
        message: expect.stringContaining(flaw),
        hint: expect.stringContaining(hint),
      }),
    )
    expect(tryDigest(text)).toBeUndefined()
  })
})
