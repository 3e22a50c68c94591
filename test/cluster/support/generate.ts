import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateSite, readPublicKeys, renderSite, SiteFolder } from '@tierseal/generator'
import { labPath } from '@tierseal/test-kit/lab'
import { loadSite } from '@tierseal/tiers'
import { type SiteVariant, tiersYaml } from './tiers.ts'

/** The folder of the site: tiers.yaml, the public keys on record, and everything generated from them. */
export const siteDirectory: string = labPath('site', 'repository')

/** Writes tiers.yaml and the keys, and generates the site, as a platform team does. */
export function generateLabSite(
  variant: SiteVariant,
  keys: Readonly<Record<string, string>>,
): void {
  mkdirSync(join(siteDirectory, 'keys'), { recursive: true })
  const text = tiersYaml(variant)
  writeFileSync(join(siteDirectory, 'tiers.yaml'), text)
  for (const [tier, pem] of Object.entries(keys)) {
    writeFileSync(join(siteDirectory, 'keys', `${tier}.pem`), pem)
  }
  const folder = new SiteFolder(siteDirectory)
  const { site } = loadSite('tiers.yaml', text)
  const files = renderSite(site, readPublicKeys(site, folder))
  generateSite(site, files, folder, { force: true, prune: true, dryRun: false })
}

/** A generated file, by its path in the site. */
export function generatedFile(path: string): string {
  return readFileSync(join(siteDirectory, path), 'utf8')
}
