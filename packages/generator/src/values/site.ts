import type { PinnedAction, Site } from '@tierseal/tiers'
import type { Commented } from '../template/value.ts'
import { type Bindings, ofSite } from './binding.ts'
import { assignments } from './build.ts'
import { jobExpression } from './expression.ts'
import { links } from './links.ts'

function pinned({ source, sha, version }: PinnedAction, folder = ''): Commented {
  return { text: `${source}${folder}@${sha}`, comment: version }
}

/** What is the same in every file of a site. */
export const siteBindings: Bindings = {
  ...Object.fromEntries(
    links.map((link) => [
      `actions.${link}`,
      ofSite(['actions.source', 'actions.sha', 'actions.version'], ({ site }) =>
        pinned(site.actions, `/${link}`),
      ),
    ]),
  ),
  'actions.checkout': ofSite(['checkout.source', 'checkout.sha', 'checkout.version'], ({ site }) =>
    pinned(site.checkout),
  ),
  'registry.host': ofSite(['registry.host'], ({ site }) => site.registry.host),
  'registry.ca': ofSite(['registry.ca'], ({ site }) => site.registry.ca),
  'registry.mirrors': ofSite(['registry.mirrors'], ({ site }) =>
    assignments(site.registry.mirrors),
  ),
  'registry.plainHttp': ofSite(['registry.plainHttp'], ({ site }) =>
    site.registry.plainHttp ? 'true' : undefined,
  ),
  'registry.allowInsecure': ofSite(['registry.plainHttp'], ({ site }) => site.registry.plainHttp),
  'registry.pullSecrets': ofSite(['registry.pullSecret'], ({ site }) =>
    site.registry.pullSecret === undefined ? undefined : [site.registry.pullSecret],
  ),
  'vault.address': ofSite(['vault.address'], ({ site }) => site.vault.address),
  'vault.ca': ofSite(['vault.ca'], ({ site }) => site.vault.ca),
  'vault.namespace': ofSite(['vault.namespace'], ({ site }) => site.vault.namespace),
  'vault.auth': ofSite(['vault.auth'], ({ site }) => site.vault.auth),
  'vault.keys': ofSite(['vault.keys'], ({ site }) => site.vault.keys),
  'vault.transit': ofSite(['vault.transit'], ({ site }) => site.vault.transit),
  'vault.audience': ofSite(['vault.audience'], ({ site }) => site.vault.audience),
  'vault.token': ofSite(['vault.token'], ({ site }) => site.vault.token),
  'gitops.repository': ofSite(['gitops.repository'], ({ site }) => site.gitops.repository),
  'gitops.branch': ofSite(['gitops.branch'], ({ site }) => site.gitops.branch),
  'gitops.ca': ofSite(['gitops.ca'], ({ site }) => site.gitops.ca),
  'gitops.plainHttp': ofSite(['gitops.repository'], ({ site }) =>
    site.gitops.repository.startsWith('http:') ? 'true' : undefined,
  ),
  'gitops.username': ofSite(['gitops.username'], ({ site }) => site.gitops.username),
  'source.address': ofSite(['forgeAddress', 'gitops.repository'], ({ site }) =>
    asksForge(site) ? `${site.forgeAddress}/${jobExpression('repository')}.git` : undefined,
  ),
  'source.token': ofSite(['forgeAddress', 'gitops.repository'], ({ site }) =>
    asksForge(site) ? jobExpression('token') : undefined,
  ),
}

// A token never crosses the network in the clear unless the whole pin step does already.
function asksForge({ forgeAddress, gitops }: Site): boolean {
  return forgeAddress.startsWith('https:') || gitops.repository.startsWith('http:')
}
