import type { DigestReference } from '@tierseal/oci'
import type { CosignVersion } from './cosign/version.ts'
import type { Format } from './format.ts'

/** How cosign reaches the registry; user name and password go by the environment. */
export interface RegistryFlags {
  readonly caPath: string | undefined
  readonly clientCertificatePath: string | undefined
  readonly clientKeyPath: string | undefined
  readonly plainHttp: boolean
}

export interface SignRequest {
  readonly version: CosignVersion
  readonly format: Format
  readonly image: DigestReference
  readonly keyReference: string
  /** As name=value. */
  readonly annotations: readonly string[]
  readonly registry: RegistryFlags
  readonly signingConfigPath: string
  readonly trustedRootPath: string
  readonly timeoutMs: number
}

export type VerifyRequest = Pick<
  SignRequest,
  'version' | 'format' | 'image' | 'annotations' | 'registry' | 'trustedRootPath'
> & {
  /** A path, or env://NAME. */
  readonly publicKey: string
  /** Undefined in the command for an operator. */
  readonly timeoutMs: number | undefined
}

/** The command line that signs one image, by its digest. */
export function signArguments(request: SignRequest): string[] {
  return [
    'sign',
    '--yes',
    ...offline(request),
    ...(request.format === 'oci-1-1' ? ['--registry-referrers-mode=oci-1-1'] : []),
    ...annotationArguments(request.annotations),
    ...registryArguments(request.registry),
    ...timeoutArguments(request.timeoutMs),
    '--key',
    request.keyReference,
    nameOf(request.image),
  ]
}

/** The command line that verifies one image, by its digest. */
export function verifyArguments(request: VerifyRequest): string[] {
  const { version, format, trustedRootPath } = request
  return [
    'verify',
    ...(version.major === 2
      ? ['--private-infrastructure', '--trusted-root', trustedRootPath]
      : ['--insecure-ignore-tlog', ...(format === 'bundle' ? [] : ['--new-bundle-format=false'])]),
    ...(format === 'oci-1-1' ? ['--experimental-oci11'] : []),
    ...annotationArguments(request.annotations),
    ...registryArguments(request.registry),
    ...timeoutArguments(request.timeoutMs),
    '--key',
    request.publicKey,
    nameOf(request.image),
  ]
}

/** What a format needs in the environment of cosign. */
export function formatEnvironment(format: Format): Readonly<Record<string, string>> {
  return format === 'oci-1-1' ? { COSIGN_EXPERIMENTAL: '1' } : {}
}

/** `registry/path@digest`: a tag beside the digest would only be looked up. */
export function nameOf({ name, digest }: DigestReference): string {
  return `${name}@${digest}`
}

// No log, no time stamp, no TUF: each major version wants it said in its own way (facts: cosign.md 1).
function offline({ version, format, signingConfigPath, trustedRootPath }: SignRequest): string[] {
  if (version.major === 2) {
    return ['--tlog-upload=false', ...(format === 'bundle' ? ['--new-bundle-format'] : [])]
  }
  if (format === 'bundle') {
    return ['--signing-config', signingConfigPath, '--trusted-root', trustedRootPath]
  }
  return ['--new-bundle-format=false', '--use-signing-config=false', '--tlog-upload=false']
}

// cosign reads each value as a line of CSV: without quotes a comma would begin another annotation.
function annotationArguments(annotations: readonly string[]): string[] {
  return annotations.flatMap((annotation) => [
    '--annotations',
    /[",]/.test(annotation) ? `"${annotation.replaceAll('"', '""')}"` : annotation,
  ])
}

function registryArguments(registry: RegistryFlags): string[] {
  const { caPath, clientCertificatePath, clientKeyPath, plainHttp } = registry
  return [
    ...(caPath === undefined ? [] : ['--registry-cacert', caPath]),
    ...(clientCertificatePath === undefined
      ? []
      : ['--registry-client-cert', clientCertificatePath]),
    ...(clientKeyPath === undefined ? [] : ['--registry-client-key', clientKeyPath]),
    ...(plainHttp ? ['--allow-http-registry'] : []),
  ]
}

// cosign's own deadline, so that one that outlives this process ends too.
function timeoutArguments(timeoutMs: number | undefined): string[] {
  return timeoutMs === undefined ? [] : [`--timeout=${Math.max(1, Math.ceil(timeoutMs / 1000))}s`]
}
