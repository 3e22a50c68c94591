import { readFileSync } from 'node:fs'
import { makeCertificateAuthority, temporaryDirectory } from '@tierseal/test-kit'
import { describe, expect, it } from 'vitest'
import { loadOptionalClientCertificate } from './client-certificate.ts'

const authority = makeCertificateAuthority(temporaryDirectory('client-certificate'))
const first = authority.issue('first')
const second = authority.issue('second')

function load(certificatePath: string | undefined, keyPath: string | undefined) {
  const secrets: string[] = []
  const pair = () =>
    loadOptionalClientCertificate({ certificatePath, keyPath }, (secret) => secrets.push(secret))
  return { pair, secrets }
}

describe('loadOptionalClientCertificate', () => {
  it('gives none where both inputs are empty', () => {
    expect(load(undefined, undefined).pair()).toBeUndefined()
  })

  it('gives a pair that belongs together, and names its key a secret', () => {
    const { pair, secrets } = load(first.certificate, first.key)
    expect(pair()).toMatchObject({ certificatePath: first.certificate, keyPath: first.key })
    expect(secrets).toEqual([readFileSync(first.key, 'utf8')])
  })

  it.each([
    [
      first.certificate,
      undefined,
      'registry-client-certificate is set, and registry-client-key is empty',
    ],
    [undefined, first.key, 'registry-client-key is set, and registry-client-certificate is empty'],
  ])('refuses one half, and names the other', (certificate, key, message) => {
    expect(load(certificate, key).pair).toThrowError(
      expect.objectContaining({
        code: 'CLIENT_CERTIFICATE_INVALID',
        message,
        hint: 'Set both or neither.',
      }),
    )
  })

  it('refuses the key of another certificate, and names it a secret before it says so', () => {
    const { pair, secrets } = load(first.certificate, second.key)
    expect(pair).toThrowError('the key does not belong to the certificate')
    expect(secrets).toEqual([readFileSync(second.key, 'utf8')])
  })

  it.each([
    ['key', first.certificate, readFileSync(first.key, 'utf8')],
    ['key', first.certificate, readFileSync(first.key, 'utf8').replaceAll('\n', ' ')],
    ['key', first.certificate, Buffer.from(readFileSync(first.key)).toString('base64')],
    ['certificate', readFileSync(first.key, 'utf8'), first.key],
  ])(
    'refuses PEM text in the place of the %s file without quoting it',
    (name, certificate, key) => {
      const { pair, secrets } = load(certificate, key)
      expect(pair).toThrowError(
        expect.objectContaining({
          code: 'CLIENT_CERTIFICATE_INVALID',
          message: `registry-client-${name} holds PEM text, expected the path of a file`,
        }),
      )
      expect(secrets).toEqual([name === 'key' ? key : certificate])
    },
  )

  it('refuses a file that is not there', () => {
    expect(load(first.certificate, '/nowhere/client.key').pair).toThrowError(
      expect.objectContaining({ code: 'CLIENT_CERTIFICATE_INVALID' }),
    )
  })
})
