import {
  flag,
  type InputValues,
  list,
  maskSecret,
  optional,
  readInputs,
  required,
  seconds,
  secret,
} from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import {
  type ClientCertificate,
  loadCertificateAuthority,
  loadClientCertificate,
} from '@tierseal/https'
import { type DigestReference, parseDigestReference } from '@tierseal/oci'
import { parseFormat } from './format.ts'
import { parseKeySource } from './key/key-source.ts'
import { parsePublicKey } from './key/public-key.ts'

const specs = {
  images: list('images', parseDigestReference),
  image: optional('image', parseDigestReference),
  source: required('key', parseKeySource),
  password: secret('password'),
  publicKey: optional('public-key', parsePublicKey),
  format: optional('format', parseFormat),
  recursive: flag('recursive'),
  annotations: list('annotations', parseAnnotation),
  registryUsername: optional('registry-username', asText),
  registryPassword: secret('registry-password'),
  dockerConfig: optional('docker-config', asText),
  registryCa: optional('registry-ca', loadCertificateAuthority),
  clientCertificatePath: optional('registry-client-certificate', asText),
  clientKeyPath: optional('registry-client-key', asText),
  plainHttp: flag('plain-http'),
  cosignPath: optional('cosign-path', asText),
  timeoutMs: seconds('timeout-seconds'),
}

type Specified = InputValues<typeof specs>

/** The inputs of the step. */
export type Inputs = Omit<
  Specified,
  'image' | 'images' | 'clientCertificatePath' | 'clientKeyPath'
> & {
  /** At least one, none twice. */
  readonly images: readonly DigestReference[]
  readonly clientCertificate: ClientCertificate | undefined
}

/**
 * Reads the inputs; every problem is reported at once.
 *
 * @throws KnownError of the input codes
 */
export function readSignInputs(): Inputs {
  const { image, images, clientCertificatePath, clientKeyPath, ...rest } = readInputs(specs)
  refuseSecondPassword(rest)
  return {
    ...rest,
    images: uniqueImages(image === undefined ? images : [image, ...images]),
    clientCertificate: loadPair(clientCertificatePath, clientKeyPath),
  }
}

function uniqueImages(images: readonly DigestReference[]): readonly DigestReference[] {
  if (images.length === 0) {
    throw new KnownError('SIGN_NO_IMAGE', 'image and images are both empty', {
      hint: 'Pass the output image of kaniko-build or assert-digest; if it is empty, look at that step first.',
    })
  }
  return [...new Map(images.map((image) => [`${image.name}@${image.digest}`, image])).values()]
}

function refuseSecondPassword({ source, password }: Pick<Specified, 'source' | 'password'>): void {
  if (password === undefined || source.kind === 'path' || source.kind === 'environment') return
  throw new KnownError('INPUT_INVALID', 'password is set, and the handle brings its own', {
    hint: 'Leave password empty with a handle of vault-fetch-key.',
  })
}

function loadPair(
  certificatePath: string | undefined,
  keyPath: string | undefined,
): ClientCertificate | undefined {
  if (certificatePath === undefined && keyPath === undefined) return undefined
  if (certificatePath === undefined || keyPath === undefined) {
    throw new KnownError(
      'CLIENT_CERTIFICATE_INVALID',
      'one of registry-client-certificate and registry-client-key is set, the other is empty',
      { hint: 'Set both or neither.' },
    )
  }
  const pair = loadClientCertificate(certificatePath, keyPath)
  maskSecret(pair.keyPem)
  return pair
}

function parseAnnotation(text: string): string {
  if (/^[^=\s]+=/.test(text)) return text
  throw new Error(`${JSON.stringify(text)} is not name=value`)
}

function asText(text: string): string {
  return text
}
