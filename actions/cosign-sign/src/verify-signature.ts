import { KnownError } from '@tierseal/errors'
import { formatEnvironment, nameOf, verifyArguments } from './arguments.ts'
import { refuseOtherClaims } from './cosign/verified-claims.ts'
import type { Format } from './format.ts'
import type { SignContext } from './sign-context.ts'
import type { Target } from './targets.ts'

/**
 * Lets cosign verify an image as everybody else will, and reads what it verified.
 *
 * @throws KnownError SIGN_HIDDEN, SIGN_NOT_A_SIGNATURE, and what cosign says
 */
export async function verifySignature(
  target: Target,
  context: SignContext,
  deadlineAt: number,
): Promise<void> {
  const { cosign, format, annotations, workspace } = context
  const args = verifyArguments({
    version: cosign.version,
    format,
    image: target.image,
    annotations,
    registry: context.registryFlags,
    trustedRootPath: workspace.trustedRootPath,
    publicKey: context.publicKeyPath,
    timeoutMs: deadlineAt - Date.now(),
  })
  const { credentials } = target.registry
  const environment = formatEnvironment(format)
  try {
    const printed = await cosign.run({ args, environment, credentials, deadlineAt })
    refuseOtherClaims(printed, target.image)
  } catch (error) {
    throw explain(error, target, format)
  }
}

function explain(error: unknown, { image }: Target, format: Format): unknown {
  const hidden = error instanceof KnownError && error.code === 'SIGN_ABSENT'
  if (format !== 'oci-1-1' || !hidden) return error
  return new KnownError(
    'SIGN_HIDDEN',
    `${nameOf(image)} carries the signature, but verifiers look at its last referrer only, and that is by another key`,
    {
      hint: 'Use format bundle or legacy; oci-1-1 cannot hold the signatures of two keys.',
      cause: error,
    },
  )
}
