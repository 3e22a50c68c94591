import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { maskSecret, redact } from './masking.ts'

const printed: string[] = []

beforeEach(() => {
  printed.length = 0
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed.push(String(chunk))
    return true
  })
})

afterEach(() => vi.restoreAllMocks())

const pem = [
  '-----BEGIN PRIVATE KEY-----',
  'c2VjcmV0LWxpbmUtMQ==',
  'bGluZS10d28+Lw==',
  '-----END PRIVATE KEY-----',
].join('\n')

describe('maskSecret', () => {
  it('masks each line of a key alone, since old runners leak masks of several lines', () => {
    maskSecret(pem)
    const commands = printed.join('')
    expect(commands).toContain('::add-mask::c2VjcmV0LWxpbmUtMQ==')
    expect(commands).toContain('::add-mask::bGluZS10d28+Lw==')
    expect(commands).not.toContain('%0A')
    expect(commands).not.toContain('BEGIN')
  })

  it.each(['base64', 'base64url', 'hex'] as const)('masks the %s form', (encoding) => {
    maskSecret('hvs.canary-token/1')
    const encoded = Buffer.from('hvs.canary-token/1').toString(encoding)
    expect(redact(`x ${encoded} y`)).toBe('x *** y')
  })

  it('masks the URL-encoded and the JSON form', () => {
    maskSecret('p"ss/w rd-1')
    expect(redact(encodeURIComponent('p"ss/w rd-1'))).toBe('***')
    expect(redact(JSON.stringify('p"ss/w rd-1'))).toBe('"***"')
  })

  it('tells a mask with a percent sign as it stands, since old daemons do not unescape it', () => {
    maskSecret('p%ss/word-2')
    const masks = printed.join('').split('\n')
    expect(masks).toContain('::add-mask::p%ss/word-2')
    expect(masks).not.toContain('::add-mask::p%25ss/word-2')
  })

  it('tells it both ways where a new runner would unescape what stands there', () => {
    maskSecret('p%0Aword-3')
    const masks = printed.join('').split('\n')
    expect(masks).toContain('::add-mask::p%0Aword-3')
    expect(masks).toContain('::add-mask::p%250Aword-3')
  })

  it('lets no line break of a secret end its command early', () => {
    maskSecret('first\rsecond-5')
    expect(printed.join('')).toContain('::add-mask::second-5')
    expect(printed.join('')).not.toContain('\r')
  })

  it('masks the pieces of a value with colons before its command, which some engines show', () => {
    maskSecret('first-6::second-6')
    const masks = printed.join('').split('\n')
    expect(masks.slice(0, 3)).toEqual([
      '::add-mask::first-6',
      '::add-mask::second-6',
      '::add-mask::first-6::second-6',
    ])
  })

  it('masks nothing for an empty value', () => {
    maskSecret('')
    expect(printed).toEqual([])
  })
})
