import { log } from '@tierseal/action-kit'
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
  if (before.signatures.length > 0 && (await isVerified(target, context, deadlineAt))) {
    return { target, skipped: true, signature: placeOf(target, before) }
  }
  const after = await signUntilThere(target, context, deadlineAt)
  // One that came while we signed hides the signature just as well.
  refuseHidden(target, after, context.format)
  await verifySignature(target, context, deadlineAt)
  return { target, skipped: false, signature: placeOf(target, after) }
}

function placeOf({ image }: Target, { signatures }: Findings): string {
  return `${image.name}${signatures.at(-1) ?? ''}`
}

/**
 * Whether cosign verifies the signature that was found; false where another writer has overwritten it since.
 *
 * @throws KnownError what cosign says of one that is there still
 */
async function isVerified(
  target: Target,
  context: SignContext,
  deadlineAt: number,
): Promise<boolean> {
  try {
    await verifySignature(target, context, deadlineAt)
    return true
  } catch (error) {
    const now = await look(target, context, deadlineAt).catch(() => {
      throw error
    })
    if (now.signatures.length > 0) throw error
    log.warning(`${nameOf(target.image)}: another writer has overwritten the signature; signing it`)
    return false
  }
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
