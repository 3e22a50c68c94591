import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { hostOf, logOf } from '@tierseal/test-kit/lab'

const pageOf = (runbook: string): string => `docs/runbooks/${runbook}.md of tierseal`

/** What an ImageValidatingPolicy of the dev tier says of every image without a valid signature, whatever the cause. */
export const unsignedRefusal = `Policy tierseal-dev-images failed: not signed by the key of tier dev: see ${pageOf('image-not-signed')}`

/** The same of the policy for ephemeral containers. */
export const unsignedDebugRefusal = unsignedRefusal.replace('-images', '-images-ephemeral')

const foreignRule =
  "ValidatingAdmissionPolicy 'tierseal-dev-foreign-images' with binding 'tierseal-dev-foreign-images' denied request: "

/** What the API server says of an image from outside the dev tier's path, before Kyverno is asked. */
export const foreignRefusal =
  foreignRule +
  `tier dev runs images below ${hostOf('registry')}/dev/ and its platform images only: see ${pageOf('foreign-image')}`

/** The same of an image that a pod mounts as a volume. */
export const mountedRefusal = `${foreignRule}tier dev mounts no image as a volume but its platform images: see ${pageOf('foreign-image')}`

/** How a ClusterPolicy of the dev tier refuses an image: with the cause, and without the message of the policy. */
export function clusterPolicyRefusal(image: string, cause: string): string {
  return `signed-by-the-tier: 'failed to verify image ${image}: .attestors[0].entries[0].keys: ${cause}'`
}

/** Why an ImageValidatingPolicy last refused an image, which Kyverno tells its log alone. */
export function loggedCause(image: string): string | undefined {
  const digest = image.split('@')[1] ?? image
  const lines = stripVTControlCharacters(readFileSync(logOf('kyverno'), 'utf8')).split('\n')
  const last = lines.findLast(
    (line) => line.includes('image verification failed') && line.includes(`digest=${digest}`),
  )
  return /error="failed to verify cosign signatures: (.*?)" attestor=/.exec(last ?? '')?.[1]
}
