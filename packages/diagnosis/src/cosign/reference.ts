import type { Diagnosis } from '../diagnosis.ts'

/** What cosign says of an image reference that it cannot use. */
export const referenceDiagnoses: readonly Diagnosis[] = [
  {
    pattern: /could not parse reference: \S+@(?:sha256:)?\s*$/m,
    code: 'DIGEST_INVALID',
    cause: 'The digest is empty: the build step failed, or its output has another name.',
    remedy: 'Check outputs.digest of the build step.',
  },
  {
    pattern: /could not parse reference: https?:\/\//,
    code: 'REFERENCE_INVALID',
    cause: 'The reference starts with a scheme.',
    remedy: 'Remove https:// from the reference.',
  },
  {
    pattern: /could not parse reference:/,
    code: 'REFERENCE_INVALID',
    cause: 'The reference is malformed: a line break, an upper-case repository, or a cut digest.',
    remedy: 'Write host[:port]/path@sha256:<64 hex digits>, in lower case.',
  },
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
