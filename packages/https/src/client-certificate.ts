import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { KnownError, messageOf } from '@tierseal/errors'

/** A client certificate with its private key, proven to belong together. */
export interface ClientCertificate {
  readonly certificatePath: string
  readonly keyPath: string
  readonly certificatePem: string
  readonly keyPem: string
}

/**
 * Loads a client certificate and its key from two PEM files.
 *
 * @throws KnownError CLIENT_CERTIFICATE_INVALID where one is unreadable or they do not match
 */
export function loadClientCertificate(certificatePath: string, keyPath: string): ClientCertificate {
  try {
    const certificatePem = readFileSync(certificatePath, 'utf8')
    const keyPem = readFileSync(keyPath, 'utf8')
    const matches = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem))
    if (!matches) throw new Error('the key does not belong to the certificate')
    return { certificatePath, keyPath, certificatePem, keyPem }
  } catch (error) {
    throw new KnownError(
      'CLIENT_CERTIFICATE_INVALID',
      `client certificate ${certificatePath} with key ${keyPath}: ${messageOf(error)}`,
      { cause: error },
    )
  }
}

/**
 * The same where both paths are optional: neither is no client certificate, one alone is refused.
 *
 * @throws KnownError CLIENT_CERTIFICATE_INVALID
 */
export function loadOptionalClientCertificate(
  certificatePath: string | undefined,
  keyPath: string | undefined,
): ClientCertificate | undefined {
  if (certificatePath === undefined && keyPath === undefined) return undefined
  return loadClientCertificate(certificatePath ?? '', keyPath ?? '')
}
