import { KnownError } from '@tierseal/errors'
import { expect, test } from 'vitest'
import { provePrivateKeyForm } from './private-key-form.ts'

const body = Buffer.from('{"kdf":{"name":"scrypt"},"CANARY":"not a real key"}'.repeat(4)).toString(
  'base64',
)
const folded = body.replaceAll(/(.{64})/g, '$1\n')
const pem = (kind: string): string => `-----BEGIN ${kind}-----\n${folded}\n-----END ${kind}-----\n`
const key = pem('ENCRYPTED SIGSTORE PRIVATE KEY')

test.each([
  ['cosign 2 and 3', key],
  ['cosign before 2', pem('ENCRYPTED COSIGN PRIVATE KEY')],
  ['CRLF line ends', key.replaceAll('\n', '\r\n')],
  ['no last line end', key.trim()],
])('accepts a key of %s', (_, text) => {
  expect(() => provePrivateKeyForm(text)).not.toThrow()
})

test.each([
  ['empty', '', /it is empty/],
  ['with literal \\n', key.replaceAll('\n', '\\n'), /two characters \\n/],
  ['on one line', key.replaceAll('\n', ''), /joined into one/],
  ['on one line with spaces', key.trim().replaceAll('\n', ' '), /joined into one/],
  ['as base64', Buffer.from(key).toString('base64'), /base64 of the PEM/],
  ['cut short', key.slice(0, 120), /damaged or cut/],
  ['not encrypted', pem('PRIVATE KEY'), /another kind, PRIVATE KEY/],
  ['the public key', pem('PUBLIC KEY'), /it is the public key/],
  ['not PEM', 'CANARY', /it is not PEM/],
])('refuses a key %s, tells why and quotes nothing of it', (_, text, reason) => {
  const refuse = (): void => provePrivateKeyForm(text)
  expect(refuse).toThrow(reason)
  expect(refuse).toThrow(KnownError)
  expect(refuse).not.toThrow(/CANARY|eyJ/)
})

test('tells in no time that a frame around nothing but blanks is no key', () => {
  const startedAt = performance.now()
  const refuse = (): void => provePrivateKeyForm(`-----BEGIN A-----${' '.repeat(2000)}x`)
  expect(refuse).toThrow(KnownError)
  expect(performance.now() - startedAt).toBeLessThan(500)
})
