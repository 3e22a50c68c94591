import { KnownError } from '@tierseal/errors'
import { nameOf } from './arguments.ts'
import type { Format } from './format.ts'
import { look, type SignContext } from './sign-context.ts'
import { signUntilThere } from './sign-rounds.ts'
import type { Findings } from './signatures/findings.ts'
import type { Target } from './targets.ts'
import { verifySignature } from './verify-signature.ts'

/** An image that carries a verified signature now. */
export interface Signed {
  readonly target: Target
  /** Whether it carried one before. */
  readonly skipped: boolean
  /** Where the signature is. */
  readonly signature: string
}

/**
 * Signs one image unless it is signed, looks again until the signature lasts, and lets cosign verify it.
 *
 * @throws KnownError SIGN_HIDDEN, SIGN_LOST, TOOL_TIMEOUT, and what cosign or the registry say
 */
export async function signTarget(target: Target, context: SignContext): Promise<Signed> {
  const deadlineAt = Date.now() + context.timeoutMs
  const before = await look(target, context, deadlineAt)
  refuseHidden(target, before, context.format)
  const skipped = before.signatures.length > 0
  const after = skipped ? before : await signUntilThere(target, context, deadlineAt)
  // One that came while we signed hides the signature just as well.
  refuseHidden(target, after, context.format)
  await verifySignature(target, context, deadlineAt)
  const signature = `${target.image.name}${after.signatures.at(-1) ?? ''}`
  return { target, skipped, signature }
}

// cosign and Kyverno take an image with any bundle for one that is signed by bundles, and look for nothing
// else (facts: cosign.md 5.8, kyverno.md 0.5).
function refuseHidden({ image }: Target, findings: Findings, format: Format): void {
  const { foreignBundles, hasOwnBundle } = findings
  if (format === 'bundle' || hasOwnBundle || foreignBundles.length === 0) return
  throw new KnownError(
    'SIGN_HIDDEN',
    `${nameOf(image)} carries bundles that are no signatures by this key, and they would hide a signature of format ${format}: ${foreignBundles.join(', ')}`,
    { hint: 'Use format bundle, or delete these referrers if nobody needs them.' },
  )
}
