import {
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
import { type ImageReference, parseImageReference } from '@tierseal/oci'
import { type CredentialSource, demandUsableCredentials } from '@tierseal/registry'

/** What assert-digest is asked to prove, and with what. */
export interface AssertInputs {
  readonly images: readonly ImageReference[]
  /** As it was given: '' is a digest that got lost, which is told apart from none being asked for. */
  readonly digestText: string
  readonly digestFile: string | undefined
  readonly newerThan: string
  readonly ca: CertificateAuthority | undefined
  readonly clientCertificate: ClientCertificate | undefined
  readonly credentials: CredentialSource
  readonly plainHttp: boolean
  readonly timeoutMs: number
}

const specs = {
  images: list('image', parseImageReference),
  digestText: { name: 'digest', read: (text: string) => text },
  digestFile: optional('digest-file', (path) => path),
  newerThan: required('newer-than', (text) => text),
  ca: optional('registry-ca', loadCertificateAuthority),
  username: optional('registry-username', (text) => text),
  password: secret('registry-password'),
  dockerConfig: optional('docker-config', (path) => path),
  certificatePath: optional('registry-client-certificate', (path) => path),
  keyPath: optional('registry-client-key', (path) => path),
  plainHttp: flag('plain-http'),
  timeoutMs: seconds('timeout-seconds'),
}

type Specified = InputValues<typeof specs>

const joints = {
  anyImage: { of: ['images'], read: demandImage },
  credentials: { of: ['username', 'password', 'dockerConfig'], read: credentialsOf },
  clientCertificate: {
    of: ['certificatePath', 'keyPath'],
    read: (paths: Specified) => loadOptionalClientCertificate(paths, maskSecret),
  },
} as const satisfies Record<string, JointSpec<Specified, unknown>>

/**
 * @throws KnownError with every problem of the inputs at once
 */
export function readAssertInputs(): AssertInputs {
  return readInputs(specs, joints)
}

function credentialsOf({
  username,
  password,
  dockerConfig,
}: Pick<Specified, 'username' | 'password' | 'dockerConfig'>): CredentialSource {
  demandUsableCredentials({ username, password }, [])
  return { username, password, dockerConfig }
}

function demandImage({ images }: Pick<Specified, 'images'>): void {
  if (images.length > 0) return
  throw new KnownError('INPUT_MISSING', 'input image: it is required and empty', {
    hint: 'Name the repository of the image, such as registry.internal:5000/dev/payments.',
  })
}
