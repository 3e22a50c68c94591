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

interface ClientCertificatePaths {
  readonly certificatePath: string | undefined
  readonly keyPath: string | undefined
}

/**
 * Loads the files of the inputs `registry-client-certificate` and `registry-client-key`, which are called so
 * in every action: neither is no client certificate, one alone is refused.
 *
 * @param onSecret called with the key before anything is said about it, for masking
 * @throws KnownError CLIENT_CERTIFICATE_INVALID where one is missing or unreadable, or they do not match
 */
export function loadOptionalClientCertificate(
  { certificatePath, keyPath }: ClientCertificatePaths,
  onSecret: (keyPem: string) => void,
): ClientCertificate | undefined {
  if (certificatePath !== undefined && keyPath !== undefined) {
    return load(certificatePath, keyPath, onSecret)
  }
  if (certificatePath === keyPath) return undefined
  const [set, empty] =
    keyPath === undefined ? (['certificate', 'key'] as const) : (['key', 'certificate'] as const)
  throw new KnownError(
    'CLIENT_CERTIFICATE_INVALID',
    `registry-client-${set} is set, and registry-client-${empty} is empty`,
    { hint: 'Set both or neither.' },
  )
}

function load(
  certificatePath: string,
  keyPath: string,
  onSecret: (keyPem: string) => void,
): ClientCertificate {
  refuseText('certificate', certificatePath, onSecret)
  refuseText('key', keyPath, onSecret)
  try {
    const certificatePem = readFileSync(certificatePath, 'utf8')
    const keyPem = readFileSync(keyPath, 'utf8')
    onSecret(keyPem)
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

// An error of the file system would quote it as a path that is not there.
function refuseText(name: string, given: string, onSecret: (secret: string) => void): void {
  const isPem = [given, Buffer.from(given, 'base64')].some((text) => text.includes('-----BEGIN'))
  if (!isPem) return
  onSecret(given)
  throw new KnownError(
    'CLIENT_CERTIFICATE_INVALID',
    `registry-client-${name} holds PEM text, expected the path of a file`,
    { hint: 'Mount it as a file, and give the path.' },
  )
}
