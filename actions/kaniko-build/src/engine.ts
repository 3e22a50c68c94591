import type { Digest } from '@tierseal/oci'
import type { BuildRequest } from './build-request.ts'

/** What an engine says it pushed; the registry has still to confirm it. */
export interface BuiltImage {
  readonly digest: Digest
  /** The engine with its version and place, for log and summary. */
  readonly builtBy: string
  /** Why the build could have changed files of the runner; undefined where it could not. */
  readonly unprotected: string | undefined
}

/**
 * Something that builds and pushes an image without a daemon. It is made by a function that first proves
 * that the runner has what it needs.
 */
export interface Engine {
  /** @throws KnownError with the true cause, as far as it is known */
  build(request: BuildRequest): Promise<BuiltImage>
}
