import { posix } from 'node:path'
import { noImageDigest } from '@tierseal/oci'
import { isOlder } from '@tierseal/tiers'
import { type Bindings, ofService, ofSite, ofTier } from './binding.ts'

/** What Vault, Kubernetes, Argo CD and overlay files are made of. */
export const platformBindings: Bindings = {
  'site.runners': ofSite(['tiers.*.runner'], ({ site }) => site.tiers.map(({ runner }) => runner)),
  'test.digest': ofSite([], () => noImageDigest),
  'vault.privatePath': ofTier(['vault.keys', 'tier.vault.path'], ({ site, tier }) =>
    kvPath(site.vault.keys, tier.vault.path),
  ),
  'vault.publicPath': ofTier(['vault.keys', 'tier.vault.publicPath'], ({ site, tier }) =>
    kvPath(site.vault.keys, tier.vault.publicPath),
  ),
  'vault.transitKeyPath': ofTier(
    ['vault.transit', 'tier.vault.transitKey'],
    ({ site, tier }) => `${site.vault.transit}/keys/${tier.vault.transitKey}`,
  ),
  'vault.transitSignPath': ofTier(
    ['vault.transit', 'tier.vault.transitKey'],
    ({ site, tier }) => `${site.vault.transit}/sign/${tier.vault.transitKey}/sha2-256`,
  ),
  'vault.tokenFolder': ofSite(['vault.token'], ({ site }) => posix.dirname(site.vault.token)),
  'vault.tokenName': ofSite(['vault.token'], ({ site }) => posix.basename(site.vault.token)),
  'argocd.description': ofTier(['tier.name'], ({ tier }) => `Tier ${tier.name}, by tierseal`),
  'argocd.signatureKeys': ofTier(['tier.sourceIntegrity.keys'], ({ tier }) =>
    tier.sourceIntegrity?.keys.map((keyID) => ({ keyID })),
  ),
  'argocd.keys': ofTier(['tier.sourceIntegrity.keys'], ({ tier }) => tier.sourceIntegrity?.keys),
  'argocd.mode': ofTier(['tier.sourceIntegrity.mode'], ({ tier }) => tier.sourceIntegrity?.mode),
  // From the root of the repository: the overlay, and what its services stand on.
  // Without it a sync that admission refused is tried again with its old commit while the pin that would
  // mend it waits. Argo CD before 3.2 does not know the field, and would refuse the Application.
  'argocd.refreshRetries': ofTier(['tier.argocd'], ({ tier }) =>
    isOlder(tier.argocd, '3.2') ? undefined : true,
  ),
  'argocd.paths': ofTier(['tier.overlay'], ({ tier }) => `/${tier.overlay};/base`),
  'gitops.services': ofSite(['services.*.name'], ({ site }) =>
    site.services.map(({ name }) => name),
  ),
  'service.basePath': ofService(['tier.overlay', 'service.name'], ({ tier, service }) =>
    posix.relative(`/${tier.overlay}/${service.name}`, `/base/${service.name}`),
  ),
}

function kvPath(mount: string, path: string): string {
  return `${mount}/data/${path}`
}
