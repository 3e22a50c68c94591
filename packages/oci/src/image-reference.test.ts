import { describe, expect, it } from 'vitest'
import { parseDigestReference, parseImageReference } from './image-reference.ts'

const digest = `sha256:${'ab'.repeat(32)}`

describe('parseImageReference', () => {
  it('reads registry, path, tag and digest', () => {
    const reference = parseImageReference(`registry.internal:5000/dev/payments:1.0@${digest}`)
    expect(reference).toMatchObject({
      repository: { registry: 'registry.internal:5000', path: 'dev/payments' },
      name: 'registry.internal:5000/dev/payments',
      tag: '1.0',
      digest,
    })
  })

  it('does not take the port for a tag', () => {
    expect(parseImageReference('localhost:5000/app').tag).toBeUndefined()
  })

  it.each([
    ['payments:1.0', 'names no registry host'],
    ['library/nginx', 'names no registry host'],
    ['https://registry.internal/app', 'starts with a scheme'],
    ['registry.internal/App', 'upper-case'],
    ['registry.internal/app name', 'white space'],
    ['registry.internal/app:-bad', 'is not a tag'],
    ['registry.internal/', 'malformed'],
    [digest, 'names no registry host'],
  ])('refuses %j', (text, flaw) => {
    expect(() => parseImageReference(text)).toThrowError(
      expect.objectContaining({
        code: 'REFERENCE_INVALID',
        message: expect.stringContaining(flaw),
      }),
    )
  })
})

describe('parseDigestReference', () => {
  it('refuses a tag, which can move', () => {
    expect(() => parseDigestReference('registry.internal/app:1.0')).toThrowError(
      expect.objectContaining({ code: 'REFERENCE_IS_TAG' }),
    )
  })

  it.each([
    ['', 'DIGEST_EMPTY', 'build step'],
    [' sha256:abc', 'DIGEST_WHITE_SPACE', 'newline'],
    ['sha256:abc', 'DIGEST_TRUNCATED', 'cut off'],
    [digest.toUpperCase().replace('SHA', 'sha'), 'DIGEST_UPPER_CASE', 'to the letter'],
    [digest.replace('256', '512'), 'DIGEST_ALGORITHM', 'sha256 digest'],
    [`${digest}0`, 'DIGEST_INVALID', 'Expected'],
  ])('refuses the digest %j as a digest alone is, and quotes the reference', (bad, code, hint) => {
    const text = `registry.internal/app@${bad}`
    expect(() => parseDigestReference(text)).toThrowError(
      expect.objectContaining({
        code,
        message: expect.stringContaining(JSON.stringify(text)),
        hint: expect.stringContaining(hint),
      }),
    )
  })
})
