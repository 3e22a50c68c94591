import { type Bindings, ofTier } from './binding.ts'
import { buildBindings } from './build.ts'
import { secretExpression } from './expression.ts'

/** What is the same in every file of a tier. */
export const tierBindings: Bindings = {
  'tier.name': ofTier(['tier.name'], ({ tier }) => tier.name),
  'tier.branch': ofTier(['tier.branch'], ({ tier }) => tier.branch),
  'tier.runner': ofTier(['tier.runner'], ({ tier }) => tier.runner),
  'tier.environment': ofTier(['forge', 'tier.name'], ({ site, tier }) =>
    site.forge === 'github' ? tier.name : undefined,
  ),
  'tier.registryPath': ofTier(['tier.registryPath'], ({ tier }) => tier.registryPath),
  'tier.imagePrefix': ofTier(
    ['registry.host', 'tier.registryPath'],
    ({ tier }) => tier.imagePrefix,
  ),
  'tier.registryUsername': ofTier(
    ['tier.registryCredentials.username', 'registry.credentials.username'],
    ({ tier }) => secretExpression(tier.registryCredentials.username),
  ),
  'tier.registryPassword': ofTier(
    ['tier.registryCredentials.password', 'registry.credentials.password'],
    ({ tier }) => secretExpression(tier.registryCredentials.password),
  ),
  'tier.signature.format': ofTier(['tier.signature.format'], ({ tier }) => tier.signature.format),
  'tier.vault.role': ofTier(['tier.vault.role'], ({ tier }) => tier.vault.role),
  'tier.vault.policy': ofTier(['tier.vault.policy'], ({ tier }) => tier.vault.policy),
  'tier.vault.path': ofTier(['tier.vault.path', 'tier.vault.handover'], ({ tier }) =>
    tier.vault.handover === 'transit' ? undefined : tier.vault.path,
  ),
  'tier.vault.transitMount': ofTier(['vault.transit', 'tier.vault.handover'], ({ tier, site }) =>
    tier.vault.handover === 'transit' ? site.vault.transit : undefined,
  ),
  'tier.vault.transitKey': ofTier(['tier.vault.transitKey', 'tier.vault.handover'], ({ tier }) =>
    tier.vault.handover === 'transit' ? tier.vault.transitKey : undefined,
  ),
  'tier.vault.publicPath': ofTier(['tier.vault.publicPath'], ({ tier }) => tier.vault.publicPath),
  'tier.vault.handover': ofTier(['tier.vault.handover'], ({ tier }) => tier.vault.handover),
  ...buildBindings,
  'tier.pin.mode': ofTier(['tier.pin.mode'], ({ tier }) => tier.pin.mode),
  'tier.pin.token': ofTier(['tier.pin.token', 'gitops.token'], ({ tier }) =>
    secretExpression(tier.pin.token),
  ),
  'tier.pin.signingKey': ofTier(['tier.pin.signingKey'], ({ tier }) =>
    optionalSecret(tier.pin.signingKey),
  ),
  'tier.pin.signingPassphrase': ofTier(['tier.pin.signingPassphrase'], ({ tier }) =>
    optionalSecret(tier.pin.signingPassphrase),
  ),
  'tier.serviceAccount.name': ofTier(
    ['tier.serviceAccount.name'],
    ({ tier }) => tier.serviceAccount.name,
  ),
  'tier.serviceAccount.namespace': ofTier(
    ['tier.serviceAccount.namespace'],
    ({ tier }) => tier.serviceAccount.namespace,
  ),
  'tier.namespace': ofTier(['tier.namespace'], ({ tier }) => tier.namespace),
  'tier.argocdDestination': ofTier(
    ['tier.argocdDestination', 'tier.cluster'],
    ({ tier }) => tier.argocdDestination,
  ),
  'tier.argocdNamespace': ofTier(['tier.argocdNamespace'], ({ tier }) => tier.argocdNamespace),
  'tier.overlay': ofTier(['tier.overlay', 'gitops.overlays'], ({ tier }) => tier.overlay),
}

function optionalSecret(name: string | undefined): string | undefined {
  return name === undefined ? undefined : secretExpression(name)
}
