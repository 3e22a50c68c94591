import { describe, expect, test } from 'vitest'
import { demandDistinct, parsePinLine } from './pin-line.ts'

const digest = `sha256:${'a'.repeat(64)}`
const image = 'reg.internal:5000/dev/app'

test('reads an overlay and an image by digest', () => {
  expect(parsePinLine(`overlays/dev/  ${image}@${digest}`)).toEqual({
    overlay: 'overlays/dev',
    image,
    digest,
    entry: undefined,
  })
})

test('reads the name of the entry where one is given', () => {
  expect(parsePinLine(`. web=${image}@${digest}`)).toEqual({
    overlay: '.',
    image,
    digest,
    entry: 'web',
  })
})

describe('refuses', () => {
  test.each([
    ['a tag', `dev ${image}:v1`, 'REFERENCE_IS_TAG'],
    ['a tag beside the digest', `dev ${image}:v1@${digest}`, 'REFERENCE_IS_TAG'],
    ['an image without digest', `dev ${image}`, 'REFERENCE_IS_TAG'],
    ['an empty digest, as a failed build gives it', `dev ${image}@`, 'DIGEST_EMPTY'],
    ['upper-case hex', `dev ${image}@sha256:${'A'.repeat(64)}`, 'DIGEST_UPPER_CASE'],
    ['a short digest', `dev ${image}@sha256:abc`, 'DIGEST_TRUNCATED'],
    ['an image without registry', `dev app@${digest}`, 'REFERENCE_INVALID'],
    ['an overlay alone', 'dev', 'PIN_LINE_INVALID'],
    ['a third word', `dev ${image}@${digest} x`, 'PIN_LINE_INVALID'],
    ['an empty entry', `dev =${image}@${digest}`, 'PIN_LINE_INVALID'],
    ['an overlay outside', `../dev ${image}@${digest}`, 'PIN_PATH_REFUSED'],
    ['an overlay outside, hidden', `a/../../dev ${image}@${digest}`, 'PIN_PATH_REFUSED'],
    ['an absolute overlay', `/etc ${image}@${digest}`, 'PIN_PATH_REFUSED'],
    ['an overlay in .git', `a/.GIT/hooks ${image}@${digest}`, 'PIN_PATH_REFUSED'],
    ['a backslash', `a\\b ${image}@${digest}`, 'PIN_PATH_REFUSED'],
    ['a control character', `a\u0007b ${image}@${digest}`, 'PIN_PATH_REFUSED'],
  ])('%s', (_, line, code) => {
    expect(() => parsePinLine(line)).toThrow(expect.objectContaining({ code }))
  })

  test('the same entry twice, of which the second would undo the first', () => {
    const other = `sha256:${'b'.repeat(64)}`
    const pins = [parsePinLine(`dev ${image}@${digest}`), parsePinLine(`./dev ${image}@${other}`)]
    expect(() => demandDistinct(pins)).toThrow(
      expect.objectContaining({
        code: 'PIN_LINE_INVALID',
        message: `${image} is pinned twice in dev`,
      }),
    )
  })

  test('the same entry once by its name, which a pin without a name means too', () => {
    const other = `sha256:${'b'.repeat(64)}`
    const lines = [`dev app=${image}@${digest}`, `dev ${image}@${other}`]
    for (const order of [lines, lines.toReversed()]) {
      expect(() => demandDistinct(order.map(parsePinLine))).toThrow(
        `${image} is pinned twice in dev`,
      )
    }
    const named = [`dev a=${image}@${digest}`, `dev b=${image}@${other}`, `prod ${image}@${other}`]
    expect(() => demandDistinct(named.map(parsePinLine))).not.toThrow()
  })
})
