import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findSecrets } from './find-secrets.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const secret = 'p+ss/w"rd \\ canary-9Z'
const bytes = Buffer.from(secret)

describe('findSecrets finds a secret', () => {
  test.each([
    ['as it is', secret],
    ['in JSON', JSON.stringify({ a: secret })],
    ['in JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: secret }) })],
    ['in a URL', `https://x/?a=${encodeURIComponent(secret)}`],
    ['in a form', new URLSearchParams({ a: secret }).toString().replaceAll('%2F', '%2F')],
    ['in hex', bytes.toString('hex')],
    ['in upper-case hex', bytes.toString('hex').toUpperCase()],
    ['as a list of bytes', JSON.stringify(bytes)],
    ['in base64', bytes.toString('base64')],
    ['in base64 of name:secret', Buffer.from(`user:${secret}`).toString('base64')],
    ['in base64, one byte further', Buffer.from(`users:${secret}:x`).toString('base64')],
    ['in base64, two bytes further', Buffer.from(`users1:${secret}`).toString('base64')],
    ['in base64url', Buffer.from(`>>>${secret}`).toString('base64url')],
  ])('%s', (_where, text) => {
    const found = findSecrets({ log: `before ${text} after` }, { password: secret })
    expect(found).not.toEqual([])
    expect(found.every(({ where }) => where === 'log')).toBe(true)
  })

  test('in one line of many, but not in the frame of a PEM', () => {
    const pem =
      '-----BEGIN KEY-----\nbGluZS1vbmUtY2FuYXJ5\nbGluZS10d28tY2FuYXJ5\n-----END KEY-----\n'
    expect(findSecrets({ log: 'x bGluZS10d28tY2FuYXJ5 y' }, { pem })).toHaveLength(1)
    expect(findSecrets({ log: '-----BEGIN KEY-----' }, { pem })).toEqual([])
  })

  test('in a file however deep, and in the name of one', () => {
    const directory = temporaryDirectory('find')
    mkdirSync(join(directory, 'a', 'b'), { recursive: true })
    writeFileSync(join(directory, 'a', 'b', 'file'), `\0\xff${bytes.toString('hex')}`)
    writeFileSync(join(directory, 'a', `${bytes.toString('hex')}.txt`), '')
    const where = findSecrets(directory, { password: secret }).map((found) => found.where)
    expect(where).toContain('a/b/file')
    expect(where.some((name) => name.startsWith('the name of a/'))).toBe(true)
  })
})

test('findSecrets finds nothing where nothing is', () => {
  expect(findSecrets({ log: 'signed sha256:aaaa' }, { password: secret })).toEqual([])
})
