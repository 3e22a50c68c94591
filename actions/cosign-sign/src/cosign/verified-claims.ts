import { KnownError } from '@tierseal/errors'
import { recordOf, tryJson } from '@tierseal/json'
import type { DigestReference } from '@tierseal/oci'
import { nameOf } from '../arguments.ts'

// The legacy payload type, and the predicate of a bundle that signs an image.
const signatureTypes = ['cosign container image signature', 'https://sigstore.dev/cosign/sign/v1']

/**
 * Reads what `cosign verify` printed: it also succeeds where the key made nothing but an attestation
 * (facts: cosign.md 5.4).
 *
 * @throws KnownError SIGN_NOT_A_SIGNATURE
 */
export function refuseOtherClaims(printed: string, image: DigestReference): void {
  const claims = tryJson(printed)
  const critical = (Array.isArray(claims) ? claims : []).map((claim) => recordOf(claim, 'critical'))
  const types = critical
    .filter((entry) => recordOf(entry, 'image')?.['docker-manifest-digest'] === image.digest)
    .map((entry) => String(entry?.['type']))
  if (types.some((type) => signatureTypes.includes(type))) return
  throw new KnownError(
    'SIGN_NOT_A_SIGNATURE',
    `cosign verified ${nameOf(image)}, but what it found is ${types.join(', ') || 'nothing'}, not a signature of this image`,
    { hint: 'Use another key for attestations than for signatures.' },
  )
}
