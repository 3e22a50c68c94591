import type { Site } from '@tierseal/tiers'
import { assertInvariants } from './invariants/invariants.ts'
import { type PublicKeys, planFiles } from './plan.ts'
import { type RenderedFile, renderFile } from './render.ts'
import { Templates } from './templates.ts'

/**
 * Every file of a site, rendered in memory and held against every invariant.
 *
 * @throws KnownError TEMPLATE_INVALID, INVARIANT_BROKEN
 */
export function renderSite(
  site: Site,
  keys: PublicKeys = new Map(),
  templates: Templates = new Templates(),
): readonly RenderedFile[] {
  const files = planFiles(site, keys).map((planned) => renderFile(templates, planned))
  assertInvariants(site, files)
  return files
}
