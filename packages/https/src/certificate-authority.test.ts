import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { loadCertificateAuthority } from './certificate-authority.ts'

const [certificate = ''] = rootCertificates
const directory = mkdtempSync(join(tmpdir(), 'tierseal-ca-'))

function file(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

describe('loadCertificateAuthority', () => {
  it('takes a path and keeps only the certificates', () => {
    const path = file('good.pem', `# site CA\n${certificate}\nnoise`)
    expect(loadCertificateAuthority(path)).toEqual({ pem: `${certificate}\n`, path })
  })

  it('takes PEM text', () => {
    expect(loadCertificateAuthority(`${certificate}\n`).path).toBeUndefined()
  })

  it.each([
    ['a missing file', join(directory, 'none.pem'), 'cannot be read'],
    ['a file without certificates', file('empty.pem', 'garbage'), 'no PEM certificate'],
    [
      'a private key',
      file('key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'),
      'holds a private key',
    ],
    [
      'a damaged block',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'block 1 is damaged',
    ],
  ])('refuses %s, which the tools would silently ignore', (_, source, text) => {
    expect(() => loadCertificateAuthority(source)).toThrowError(
      expect.objectContaining({ code: 'CA_INVALID', message: expect.stringContaining(text) }),
    )
  })
})
