import type { Diagnosis } from '../diagnosis.ts'
import { malformedReferenceDiagnoses } from './malformed-reference.ts'

/** What cosign says of an image reference that it cannot use. */
export const referenceDiagnoses: readonly Diagnosis[] = [
  ...malformedReferenceDiagnoses,
  {
    pattern: /requires at least 1 arg\(s\), only received 0/,
    code: 'SIGN_NO_IMAGE',
    cause: 'No image was named.',
    remedy: 'Pass the image output of the build step.',
  },
  {
    pattern: /https:\/\/index\.docker\.io\/|lookup index\.docker\.io/,
    code: 'REFERENCE_INVALID',
    cause: 'The reference names no registry host, so cosign went to Docker Hub.',
    remedy: 'Give the whole host[:port]/path@sha256:<digest>.',
  },
  {
    pattern: /entity not found in registry|MANIFEST_UNKNOWN/,
    code: 'SIGN_IMAGE_ABSENT',
    cause: 'The registry does not hold this image.',
    remedy: 'Sign by the digest of the image that was pushed.',
  },
]
