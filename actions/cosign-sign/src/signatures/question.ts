import type { Digest } from '@tierseal/oci'
import type { RegistryClient } from '@tierseal/registry'
import type { PublicKey } from '../key/public-key.ts'

/** An image in a registry, and whose signature of it counts. */
export interface Question {
  /** One that asks nothing after the deadline. */
  readonly client: RegistryClient
  /** The repository, without the host. */
  readonly path: string
  readonly digest: Digest
  readonly publicKey: PublicKey
  /** What a signature must have been made with, as name=value. */
  readonly annotations: readonly string[]
  /** The deadline of the image (as Date.now()). */
  readonly deadlineAt: number
}

/**
 * No bundle that signs an image, and no payload of another format, has more: they are of some kilobytes. What does is
 * an attestation, such as the SBOM of a large image, and is not read.
 */
export const maxSignatureBytes = 1024 * 1024

/** Whether a signature has all the annotations that are asked for. */
export function hasAnnotations(
  actual: Readonly<Record<string, unknown>> | undefined,
  expected: readonly string[],
): boolean {
  return expected.every((annotation) => {
    const split = annotation.indexOf('=')
    return actual?.[annotation.slice(0, split)] === annotation.slice(split + 1)
  })
}
