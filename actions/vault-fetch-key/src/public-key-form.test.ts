import { generateKeyPairSync } from 'node:crypto'
import { KnownError } from '@tierseal/errors'
import { fingerprintOf } from '@tierseal/signing-key'
import { makeCertificateAuthority, temporaryDirectory } from '@tierseal/test-kit'
import { expect, test } from 'vitest'
import { parseStoredPublicKey } from './public-key-form.ts'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString().trim()
const body = pem.split('\n').slice(1, -1).join('\n')
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
const otherPem = other.export({ type: 'spki', format: 'pem' }).toString()
const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const sec1 = pair.privateKey.export({ type: 'sec1', format: 'pem' }).toString()
const certificate = makeCertificateAuthority(temporaryDirectory('certificate')).pem

test.each([
  ['as cosign writes it', `${pem}\n`],
  ['with the line ends of Windows', pem.replaceAll('\n', '\r\n')],
  ['indented with tabs', `\t${pem.replaceAll('\n', '\n\t')}`],
  ['indented, as YAML may leave it', `  ${pem.replaceAll('\n', '  \n  ')}\n\n`],
  [
    'wrapped at another width',
    pem.replace(body, body.replaceAll('\n', '').replaceAll(/.{20}/g, '$&\n')),
  ],
])('a public key is given out in its one form, %s', (_, text) => {
  expect(parseStoredPublicKey(text)).toEqual({ pem, fingerprint: fingerprintOf(pair.publicKey) })
})

test.each([
  ['two public keys', `${pem}\n${otherPem}`, /2 PEM blocks/],
  ['text before its key', `dev\n${pem}`, /text around/],
  ['text behind its key', `${pem}\ndev`, /text around/],
  ['a certificate', certificate, /a CERTIFICATE/],
  ['a key and a certificate', `${pem}\n${certificate}`, /2 PEM blocks/],
  ['a private key', pkcs8, /a private key/],
  ['one of the older form', sec1, /a private key/],
  ['a private key behind the public one', `${pem}\n${sec1}`, /a private key/],
  ['a private key in base64', Buffer.from(pkcs8).toString('base64'), /no PEM block/],
  ['an SSH key', 'ssh-rsa AAAA', /no PEM block/],
  ['lines joined into one', pem.replaceAll('\n', ' '), /damaged/],
  ['a block that is cut', pem.slice(0, 120), /no PEM block/],
  ['what is no key in it', pem.replace(body, 'AAAA'), /damaged/],
  ['what is no base64 in it', pem.replace(body, `${body}!`), /damaged/],
])('what holds %s is refused, and not shown', (_, text, flaw) => {
  const refusal = refusalOf(text)
  expect(refusal.code).toBe('VAULT_PUBLIC_KEY_INVALID')
  expect(refusal.message).toMatch(flaw)
  const shown = `${refusal.message}${refusal.hint}${String(refusal.cause)}`
  for (const line of [...sec1.split('\n'), ...pkcs8.split('\n')].filter((each) =>
    /^\w/.test(each),
  )) {
    expect(shown).not.toContain(line)
  }
})

function refusalOf(text: string): KnownError {
  try {
    parseStoredPublicKey(text)
  } catch (error) {
    if (error instanceof KnownError) return error
    throw error
  }
  return expect.fail('it was accepted')
}

test('tells in no time that a heap of beginnings is no key', () => {
  const startedAt = performance.now()
  expect(() => parseStoredPublicKey('-----BEGIN PUBLIC KEY-----'.repeat(40_000))).toThrow(
    expect.objectContaining({ code: 'VAULT_PUBLIC_KEY_INVALID' }),
  )
  expect(performance.now() - startedAt).toBeLessThan(500)
})
