import type { Diagnosis } from '../diagnosis.ts'

/**
 * What is wrong with a reference that cosign could not parse. cosign quotes it and gives no reason, so the reason is
 * read from the reference, by the rules of go-containerregistry (pkg/name), in the order in which a person reads it.
 */
export const malformedReferenceDiagnoses: readonly Diagnosis[] = [
  {
    // The sentence ends with its line, or goes on in the copy of it that cosign prints next.
    pattern:
      /(?<!during command execution: [^\n]*)could not parse reference: [^\n]*\n(?!\s*$|(?:\S+ )?error during command execution: )/,
    code: 'REFERENCE_INVALID',
    cause: 'The reference has a line break in it: a digest was read from a file together with it.',
    remedy: 'Hand the digest on without one: printf %s writes a file without a newline.',
  },
  {
    pattern: /could not parse reference: [^\n]*[^\S\n]/,
    code: 'REFERENCE_INVALID',
    cause: 'The reference has white space in it.',
    remedy: 'Give each image as an argument of its own, with nothing around it.',
  },
  {
    pattern: /could not parse reference: [a-z][a-z0-9+.-]*:\/\//i,
    code: 'REFERENCE_INVALID',
    cause: 'The reference starts with a scheme.',
    remedy: 'Remove what stands before the registry host, such as https:// or docker://.',
  },
  {
    pattern: /could not parse reference: $/m,
    code: 'SIGN_NO_IMAGE',
    cause: 'The reference is empty.',
    remedy: 'Pass the image output of the build step.',
  },
  {
    pattern: /could not parse reference: @/,
    code: 'REFERENCE_INVALID',
    cause: 'The reference has no repository before its digest.',
    remedy: 'Write host[:port]/path@sha256:<64 hex digits>.',
  },
  {
    pattern: /could not parse reference: [^\n@]*@[^\n@]*@/,
    code: 'REFERENCE_INVALID',
    cause: 'The reference names two digests: one was added to a reference that had one.',
    remedy: 'Use the image output of the build step alone; it names the digest.',
  },
  {
    pattern: /could not parse reference: [^\n@]*@(?:sha256:)?$/m,
    code: 'DIGEST_EMPTY',
    cause: 'The digest is empty: the build step failed, or its output has another name.',
    remedy: 'Check outputs.digest of the build step.',
  },
  {
    pattern: /could not parse reference: [^\n@]*@[^\n:]*$/m,
    code: 'DIGEST_INVALID',
    cause: 'What stands after the @ is no digest: there is no sha256: before it.',
    remedy: 'Pass the digest output of the build step unchanged.',
  },
  {
    pattern: /could not parse reference: [^\n@]*@(?!sha256:)/,
    code: 'DIGEST_ALGORITHM',
    cause: 'The digest is not sha256, and cosign knows no other.',
    remedy: 'Give the sha256 digest of the manifest, as the registry names it.',
  },
  {
    pattern: /could not parse reference: [^\n@]*@sha256:[0-9a-f]*[A-F][0-9a-fA-F]*$/m,
    code: 'DIGEST_UPPER_CASE',
    cause: 'The digest has upper-case hex digits.',
    remedy: 'Pass the digest output of the build step unchanged.',
  },
  {
    pattern: /could not parse reference: [^\n@]*@sha256:[0-9a-f]*[^0-9a-f\n]/,
    code: 'DIGEST_INVALID',
    cause: 'The digest has characters that are not hex digits.',
    remedy: 'Pass the digest output of the build step unchanged.',
  },
  {
    pattern: /could not parse reference: [^\n@]*@sha256:[0-9a-f]{1,63}$/m,
    code: 'DIGEST_TRUNCATED',
    cause: 'The digest has fewer than 64 hex digits: it was cut off on the way.',
    remedy: 'Pass the digest output of the build step unchanged.',
  },
  {
    pattern: /could not parse reference: [^\n@]*@sha256:[0-9a-f]{65}/,
    code: 'DIGEST_INVALID',
    cause: 'The digest has more than 64 hex digits.',
    remedy: 'Pass the digest output of the build step unchanged.',
  },
  {
    pattern: /could not parse reference: [^\n@/]*\/[^\n@:]*[A-Z]/,
    code: 'REFERENCE_INVALID',
    cause: 'The repository has upper-case letters in its path.',
    remedy: 'Write the path in lower case, as it was pushed.',
  },
  {
    pattern: /could not parse reference: [^\n@]*:(?:@|$)/m,
    code: 'REFERENCE_INVALID',
    cause: 'The tag is empty: what should fill it gave nothing.',
    remedy: 'Leave the colon out; the digest alone names the image.',
  },
  {
    pattern: /could not parse reference:/,
    code: 'REFERENCE_INVALID',
    cause:
      'The registry host, the path or the tag has characters or a length that it cannot have; a path has a-z, 0-9 and . _ - / and at least 2 of them.',
    remedy: 'Write host[:port]/path@sha256:<64 hex digits>, in lower case.',
  },
]
