import {
  asText,
  exact,
  flag,
  type InputValues,
  type JointSpec,
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
  type CertificateAuthority,
  type ClientCertificate,
  loadCertificateAuthority,
  loadOptionalClientCertificate,
} from '@tierseal/https'
import { type Digest, type DigestReference, parseDigest, parseImageReference } from '@tierseal/oci'
import { type CredentialSource, demandUsableCredentials } from '@tierseal/registry'
import { parseNewerThan } from './digest-file.ts'
import { digestOfFile, withDigests } from './expected-digest.ts'

/** What assert-digest is asked to prove, and with what. */
export interface AssertInputs {
  /** Each with the digest that it must have. */
  readonly images: readonly DigestReference[]
  readonly ca: CertificateAuthority | undefined
  readonly clientCertificate: ClientCertificate | undefined
  readonly credentials: CredentialSource
  readonly plainHttp: boolean
  readonly timeoutMs: number
}

const specs = {
  images: list('image', parseImageReference),
  digest: exact('digest', parseDigest),
  digestFile: optional('digest-file', asText),
  newerThan: required('newer-than', parseNewerThan),
  ca: optional('registry-ca', loadCertificateAuthority),
  username: optional('registry-username', asText),
  password: secret('registry-password'),
  dockerConfig: optional('docker-config', asText),
  certificatePath: optional('registry-client-certificate', asText),
  keyPath: optional('registry-client-key', asText),
  plainHttp: flag('plain-http'),
  timeoutMs: seconds('timeout-seconds'),
}

type Specified = InputValues<typeof specs>

const joints = {
  anyImage: { of: ['images'], read: demandImage },
  anyDigest: { of: ['images', 'digest', 'digestFile'], read: demandDigest },
  fileDigest: { of: ['digestFile', 'newerThan'], read: readFileDigest },
  credentials: { of: ['images', 'username', 'password', 'dockerConfig'], read: credentialsOf },
  clientCertificate: {
    of: ['certificatePath', 'keyPath'],
    read: (paths: Specified) => loadOptionalClientCertificate(paths, maskSecret),
  },
} as const satisfies Record<string, JointSpec<Specified, unknown>>

/**
 * Reads the inputs and the digest file.
 *
 * @throws KnownError with every problem at once; DIGEST_CONFLICT where all are good and disagree
 */
export function readAssertInputs(): AssertInputs {
  const { images, digest, digestFile, fileDigest, ...rest } = readInputs(specs, joints)
  const named = [
    ...(digest === undefined ? [] : [{ source: 'input digest', digest }]),
    ...(fileDigest === undefined
      ? []
      : [{ source: `digest file ${digestFile}`, digest: fileDigest }]),
  ]
  return { ...rest, images: withDigests(images, named) }
}

function readFileDigest({
  digestFile,
  newerThan,
}: Pick<Specified, 'digestFile' | 'newerThan'>): Digest | undefined {
  return digestFile === undefined ? undefined : digestOfFile(digestFile, newerThan)
}

function demandDigest({
  images,
  digest,
  digestFile,
}: Pick<Specified, 'images' | 'digest' | 'digestFile'>): void {
  if (digest !== undefined || digestFile !== undefined) return
  if (images.every((image) => image.digest !== undefined)) return
  throw new KnownError(
    'DIGEST_EMPTY',
    'no digest: the inputs digest and digest-file are empty, and an image names none',
    { hint: 'Look at the build step first: its digest output is empty when it did not finish.' },
  )
}

function credentialsOf({
  images,
  username,
  password,
  dockerConfig,
}: Pick<Specified, 'images' | 'username' | 'password' | 'dockerConfig'>): CredentialSource {
  const hosts = images.map(({ repository }) => repository.registry)
  demandUsableCredentials({ username, password }, hosts)
  return { username, password, dockerConfig }
}

function demandImage({ images }: Pick<Specified, 'images'>): void {
  if (images.length > 0) return
  throw new KnownError('INPUT_MISSING', 'input image: it is required and empty', {
    hint: 'Name the repository of the image, such as registry.internal:5000/dev/payments.',
  })
}
