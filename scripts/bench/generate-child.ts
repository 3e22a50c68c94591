// Run by scripts/bench/generate.ts, each verb in a process of its own as a person would run it: renders,
// generates or checks a site in the given folder, and prints what that took as JSON.
import { generateSite, renderSite, SiteFolder, siteState } from '@tierseal/generator'
import { loadSite } from '@tierseal/tiers'
import { siteOf } from './site-of.ts'

const [verb = 'render', services = '10', directory = '.'] = process.argv.slice(2)
const text = siteOf(Number(services))
const folder = new SiteFolder(directory)
const startedAt = performance.now()
const { site } = loadSite('tiers.yaml', text)
const files = renderSite(site)
if (verb === 'generate')
  generateSite(site, files, folder, { force: false, prune: false, dryRun: false })
if (verb === 'check' && siteState(site, files, folder).some(({ state }) => state !== 'clean')) {
  throw new Error('the site is not clean')
}
const milliseconds = performance.now() - startedAt
const peakMiB = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ files: files.length, milliseconds, peakMiB }))
