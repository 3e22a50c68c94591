import type { CertificateAuthority, ClientCertificate } from '@tierseal/https'
import type { Repository } from '@tierseal/oci'
import type { BuildDeadline } from './build-deadline.ts'

/** A name and its value, such as a build argument or a label. */
export interface Assignment {
  readonly name: string
  readonly value: string
}

/** Where the image is pushed to: always with a tag, since the digest is what the build makes. */
export interface Destination {
  readonly repository: Repository
  readonly tag: string
  /** `registry/path` */
  readonly name: string
  /** `registry/path:tag` */
  readonly text: string
}

/** A file or value that RUN --mount=type=secret sees, and that no layer holds. */
export interface BuildSecret {
  readonly id: string
  readonly value: Buffer
}

/** One registry of base images and the one that answers in its place. */
export interface Mirror {
  readonly registry: string
  readonly replacement: string
}

/** How the registries of this build are reached. */
interface RegistryAccess {
  readonly ca: CertificateAuthority | undefined
  readonly clientCertificate: ClientCertificate | undefined
  /** The hosts that the CA, the client certificate and the insecure switches are for. */
  readonly hosts: readonly string[]
  readonly plainHttp: boolean
  readonly skipTlsVerify: boolean
  /** A docker config.json with the credentials of every host: secret. */
  readonly dockerConfig: string
}

/** What of a build is as its inputs say, whatever builds it. */
export interface BuildSettings {
  readonly destinations: readonly [Destination, ...Destination[]]
  readonly buildArguments: readonly Assignment[]
  readonly labels: readonly Assignment[]
  readonly target: string | undefined
  /** `os/architecture[/variant]` */
  readonly platform: string | undefined
  readonly secrets: readonly BuildSecret[]
  readonly cacheRepository: string | undefined
  readonly reproducible: boolean
  readonly mirrors: readonly Mirror[]
  readonly extraArguments: readonly string[]
  readonly verbosity: string
}

/** What is to be built, whatever builds it. */
export interface BuildRequest extends BuildSettings {
  /** Absolute folder. */
  readonly context: string
  /** Path of the Dockerfile, relative to the context. */
  readonly dockerfile: string
  readonly access: RegistryAccess
  readonly deadline: BuildDeadline
}
