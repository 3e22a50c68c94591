import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { KnownError, messageOf } from '@tierseal/errors'

/** The certificates that a server's chain must end in, proven to be certificates. */
export interface CertificateAuthority {
  /** One or more certificates in PEM. */
  readonly pem: string
  /** The file they came from; undefined where the PEM itself was given. */
  readonly path: string | undefined
}

const blockPattern = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/**
 * Loads a CA from a path or from PEM text, and proves that each block is a certificate: kaniko and
 * cosign silently ignore a file that is not (facts: kaniko.md 1, cosign.md 6 no. 27).
 *
 * @param source a path, or PEM text (recognised by its BEGIN line)
 * @throws KnownError CA_INVALID
 */
export function loadCertificateAuthority(source: string): CertificateAuthority {
  const inline = source.includes('-----BEGIN')
  const text = inline ? source : readText(source)
  const origin = inline ? 'the CA given as PEM' : `the CA file ${source}`
  const blocks = text.match(blockPattern) ?? []
  if (blocks.length === 0) {
    const found = text.includes('PRIVATE KEY') ? 'a private key' : 'no PEM certificate'
    throw new KnownError('CA_INVALID', `${origin} holds ${found}`, {
      hint: 'Expected one or more -----BEGIN CERTIFICATE----- blocks.',
    })
  }
  for (const [index, block] of blocks.entries())
    proveCertificate(block, `${origin}, block ${index + 1}`)
  return { pem: `${blocks.join('\n')}\n`, path: inline ? undefined : source }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new KnownError('CA_INVALID', `the CA file cannot be read: ${messageOf(error)}`, {
      hint: 'Give the path of a PEM file inside the job, or the PEM text itself.',
      cause: error,
    })
  }
}

function proveCertificate(block: string, origin: string): void {
  try {
    new X509Certificate(block)
  } catch (error) {
    throw new KnownError('CA_INVALID', `${origin} is damaged: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
