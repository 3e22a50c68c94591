import type { Site } from '@tierseal/tiers'
import { planAdmission } from './plan/admission.ts'
import { planForge } from './plan/forge.ts'
import type { PlannedFile } from './plan/planned-file.ts'
import { planPlatform } from './plan/platform.ts'
import { planService } from './plan/service.ts'

/** The public keys of each tier by its name; a tier that is not in it has none yet. */
export type PublicKeys = ReadonlyMap<string, readonly string[]>

/** Every file of a site, in the order of the tiers and services. */
export function planFiles(site: Site, keys: PublicKeys): readonly PlannedFile[] {
  return [
    ...site.tiers.flatMap((tier) => {
      const scope = { site, tier, publicKeys: keys.get(tier.name) ?? [] }
      return [...planAdmission(scope), ...planPlatform(scope)]
    }),
    ...site.services.flatMap((service) => planService(site, service)),
    ...planForge(site),
  ]
}
