import { KnownError } from '@tierseal/errors'
import { combinationFindings } from './combinations.ts'
import { byPosition, elsewhere, type Finding, renderFinding } from './finding.ts'
import { repaired } from './repair.ts'
import { resolveSite } from './resolve.ts'
import { schemaFindings } from './schema-findings.ts'
import type { Site } from './site.ts'
import { siteSchema } from './site-schema.ts'
import { YamlSource } from './source.ts'
import { syntaxFindings } from './syntax-findings.ts'

/** A site together with the text that it was read from. */
export interface LoadedSite {
  readonly site: Site
  readonly source: YamlSource
}

/** What reading a tiers.yaml gave: a site, or everything that is wrong with it. */
export type Loading =
  | { readonly ok: true; readonly loaded: LoadedSite }
  | { readonly ok: false; readonly source: YamlSource; readonly findings: readonly Finding[] }

/**
 * Reads tiers.yaml and finds everything wrong in one go.
 *
 * @param file the name that positions are given with
 */
export function inspectSite(file: string, text: string): Loading {
  const source = new YamlSource(file, text)
  const syntax = syntaxFindings(source)
  if (syntax.length > 0) return { ok: false, source, findings: syntax }
  const written = source.toJS()
  const parsed = siteSchema.safeParse(written)
  const readable = parsed.success ? parsed.data : repaired(written)
  const site = readable === undefined ? undefined : resolveSite(readable)
  const refused = parsed.success ? [] : schemaFindings(source, parsed.error.issues)
  const combined = site === undefined ? [] : combinationFindings(site, source)
  const findings = [...refused, ...elsewhere(combined, refused)].sort(byPosition)
  return site === undefined || findings.length > 0
    ? { ok: false, source, findings }
    : { ok: true, loaded: { site, source } }
}

/** @throws KnownError TIERS_INVALID, its message every finding with its line and a caret, its details the same */
export function loadSite(file: string, text: string): LoadedSite {
  const loading = inspectSite(file, text)
  if (loading.ok) return loading.loaded
  const { source, findings } = loading
  throw new KnownError(
    'TIERS_INVALID',
    `${findings.length} ${findings.length === 1 ? 'error' : 'errors'} in ${file}\n\n${findings
      .map((finding) => renderFinding(source, finding))
      .join('\n\n')}`,
    { hint: 'Nothing was written.', details: { file, findings } },
  )
}
