import {
  asText,
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
  type ClientCertificate,
  loadCertificateAuthority,
  loadOptionalClientCertificate,
} from '@tierseal/https'
import { type DigestReference, parseDigestReference } from '@tierseal/oci'
import { type CredentialSource, demandUsableCredentials } from '@tierseal/registry'
import { parseFormat } from './format.ts'
import { parseKeySource, refuseAbsentKey } from './key/key-source.ts'
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
  certificatePath: optional('registry-client-certificate', asText),
  keyPath: optional('registry-client-key', asText),
  plainHttp: flag('plain-http'),
  cosignPath: optional('cosign-path', asText),
  timeoutMs: seconds('timeout-seconds'),
}

type Specified = InputValues<typeof specs>

const joints = {
  images: { of: ['image', 'images'], read: uniqueImages },
  credentials: {
    of: ['image', 'images', 'registryUsername', 'registryPassword', 'dockerConfig'],
    read: credentialsOf,
  },
  presentKey: { of: ['source'], read: ({ source }: Specified) => refuseAbsentKey(source) },
  onePassword: { of: ['source', 'password'], read: refuseSecondPassword },
  fittingAnnotations: { of: ['annotations'], read: refuseLongAnnotations },
  oneOfEachName: { of: ['annotations'], read: refuseRepeatedAnnotation },
  clientCertificate: {
    of: ['certificatePath', 'keyPath'],
    read: (paths: Specified) => loadOptionalClientCertificate(paths, maskSecret),
  },
} as const satisfies Record<string, JointSpec<Specified, unknown>>

/** The inputs of the step. */
export type Inputs = Omit<Specified, 'image' | 'images' | 'certificatePath' | 'keyPath'> & {
  /** At least one, none twice. */
  readonly images: readonly DigestReference[]
  readonly credentials: CredentialSource
  readonly clientCertificate: ClientCertificate | undefined
}

/**
 * Reads the inputs; every problem is reported at once.
 *
 * @throws KnownError of the input codes
 */
export function readSignInputs(): Inputs {
  return readInputs(specs, joints)
}

function imagesOf({
  image,
  images,
}: Pick<Specified, 'image' | 'images'>): readonly DigestReference[] {
  return image === undefined ? images : [image, ...images]
}

function uniqueImages({
  image,
  images,
}: Pick<Specified, 'image' | 'images'>): readonly DigestReference[] {
  const all = imagesOf({ image, images })
  if (all.length === 0) {
    throw new KnownError('SIGN_NO_IMAGE', 'image and images are both empty', {
      hint: 'Pass the output image of kaniko-build or assert-digest; if it is empty, look at that step first.',
    })
  }
  return [...new Map(all.map((each) => [`${each.name}@${each.digest}`, each])).values()]
}

function credentialsOf({
  image,
  images,
  registryUsername: username,
  registryPassword: password,
  dockerConfig,
}: Specified): CredentialSource {
  const hosts = imagesOf({ image, images }).map(({ repository }) => repository.registry)
  demandUsableCredentials({ username, password }, hosts)
  return { username, password, dockerConfig }
}

function refuseSecondPassword({ source, password }: Pick<Specified, 'source' | 'password'>): void {
  if (password === undefined || source.kind === 'path' || source.kind === 'environment') return
  throw new KnownError('INPUT_INVALID', 'password is set, and the handle brings its own', {
    hint: 'Leave password empty with a handle of vault-fetch-key.',
  })
}

function parseAnnotation(text: string): string {
  if (!/^[^=\s]+=/.test(text)) throw new Error(`${JSON.stringify(text)} is not name=value`)
  // They stand in the output verify-command, which is one line.
  if (!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return text
  throw new Error(`${JSON.stringify(text)} has a control character or a line separator`)
}

// Quoted for a shell they can have four times as much, and a line of an output has 60 KiB (action-kit).
const maxAnnotationBytes = 8 * 1024

function refuseLongAnnotations({ annotations }: Pick<Specified, 'annotations'>): void {
  const bytes = annotations.reduce((sum, each) => sum + Buffer.byteLength(each), 0)
  if (bytes <= maxAnnotationBytes) return
  throw new KnownError(
    'INPUT_INVALID',
    `annotations has ${bytes} bytes, ${maxAnnotationBytes} are the most`,
    { hint: 'Annotations tell a few facts; attach what is longer to the image.' },
  )
}

// cosign keeps the last of them, and a signature that lacks the first is none to us.
function refuseRepeatedAnnotation({ annotations }: Pick<Specified, 'annotations'>): void {
  const names = annotations.map((annotation) => annotation.slice(0, annotation.indexOf('=')))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return
  throw new KnownError('INPUT_INVALID', `annotations gives ${twice} twice`, {
    hint: 'Give each annotation one value.',
  })
}
