import type { Diagnosis } from '../diagnosis.ts'

/** What cosign says when a signature does not verify. */
export const verificationDiagnoses: readonly Diagnosis[] = [
  {
    pattern: /invalid signature when validating ASN\.1 encoded signature/,
    code: 'SIGN_OTHER_KEY',
    cause: 'The image is signed by another key.',
    remedy: 'Compare the fingerprint of the public key with the one of the tier.',
  },
  {
    pattern: /accepted signatures do not match threshold/,
    code: 'SIGN_OTHER_KEY',
    cause:
      'No bundle on the image is by this key. A bundle of somebody else also hides a good legacy signature.',
    remedy: 'Compare the keys; look at which artifacts refer to the image.',
  },
  {
    pattern: /missing or incorrect annotation/,
    code: 'SIGN_ANNOTATIONS',
    cause: 'The signature is good, but has not the annotations that were asked for.',
    remedy: 'Sign again with the annotations.',
  },
  {
    pattern: /no signatures found|no valid bundles exist in registry|no matching signatures/,
    code: 'SIGN_ABSENT',
    cause:
      'The image carries no signature in this format, or is not there: cosign does not tell the two apart. A copy between registries loses bundle and oci-1-1 signatures.',
    remedy: 'Check that the image is there; look at its referrers and its .sig tag.',
  },
]
