import type { Finding } from '../finding.ts'
import type { Site, Tier } from '../site.ts'
import type { KeyPath, YamlSource } from '../source.ts'

interface Separate {
  readonly what: string
  readonly key: KeyPath
  readonly of: (tier: Tier) => string
  readonly help?: string
}

// What an Argo CD calls the cluster that it runs in.
const inCluster = 'https://kubernetes.default.svc'

// What must differ between any two tiers, or a job of one could act for the other.
const separate: readonly Separate[] = [
  {
    what: 'branch',
    key: ['branch'],
    of: (tier) => tier.branch,
    help: 'A push to a branch deploys to one tier; name another branch.',
  },
  // GitHub compares labels without regard to case.
  { what: 'runner label', key: ['runner'], of: (tier) => tier.runner.toLowerCase() },
  { what: 'Vault role', key: ['vault', 'role'], of: (tier) => tier.vault.role },
  { what: 'Vault policy', key: ['vault', 'policy'], of: (tier) => tier.vault.policy },
  { what: 'private key path', key: ['vault', 'path'], of: (tier) => tier.vault.path },
  { what: 'public key path', key: ['vault', 'publicPath'], of: (tier) => tier.vault.publicPath },
  { what: 'transit key', key: ['vault', 'transitKey'], of: (tier) => tier.vault.transitKey },
  {
    what: 'cluster',
    key: ['cluster'],
    of: (tier) => sameAddress(tier.cluster),
    help: `Admission rules hold for a whole cluster; give each tier its own. Where each cluster has an Argo CD that calls it ${inCluster}, write its own address in cluster, and that in argocdDestination.`,
  },
  { what: 'build namespace', key: ['build', 'namespace'], of: (tier) => tier.build.namespace },
  {
    what: 'service account',
    key: ['serviceAccount', 'namespace'],
    of: ({ serviceAccount }) => `${serviceAccount.namespace}/${serviceAccount.name}`,
  },
]

// Nested paths are as bad as equal ones: the outer tier's rule then covers the inner tier.
const nested: readonly Separate[] = [
  { what: 'registry path', key: ['registryPath'], of: (tier) => tier.registryPath },
  { what: 'overlay', key: ['overlay'], of: (tier) => tier.overlay },
]

/** Two tiers that share, or nest, what must be theirs alone. */
export function separationFindings({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap((tier, index) => [
    ...published(tier, source, index),
    ...tiers
      .slice(0, index)
      // One name makes all the rest alike: that is told of by itself.
      .filter(({ name }) => name !== tier.name)
      .flatMap((earlier) => [
        ...separate
          .filter((rule) => rule.of(tier) === rule.of(earlier))
          .map((rule) => shared(source, index, earlier, tier, rule, 'share')),
        ...nested
          .filter((rule) => overlaps(rule.of(tier), rule.of(earlier)))
          .map((rule) => shared(source, index, earlier, tier, rule, 'overlap in')),
        ...sharedDestination(tier, earlier, source, index),
        ...crossed(tier, earlier, source, index),
      ]),
  ])
}

// One server has one address, however it is written.
function sameAddress(address: string): string {
  return new URL(address).href.replace(/\/$/, '')
}

function overlaps(left: string, right: string): boolean {
  return `${left}/`.startsWith(`${right}/`) || `${right}/`.startsWith(`${left}/`)
}

function shared(
  source: YamlSource,
  index: number,
  earlier: Tier,
  tier: Tier,
  rule: Separate,
  verb: string,
): Finding {
  const path = ['tiers', index, ...rule.key]
  return {
    ...source.locate(path),
    code: 'TIERS_SHARED',
    message: `tiers ${earlier.name} and ${tier.name} ${verb} their ${rule.what}: ${rule.of(tier)}`,
    help: rule.help ?? 'Leave it out to get one made from the name of the tier.',
  }
}

// Whatever is written last would stand at both places: the private key, or nothing to sign with.
function published({ name, vault }: Tier, source: YamlSource, index: number): readonly Finding[] {
  if (vault.path !== vault.publicPath) return []
  return [
    {
      ...source.locate(['tiers', index, 'vault', 'publicPath']),
      code: 'TIERS_SHARED',
      message: `tier ${name} has its private and its public key at one path: ${vault.path}`,
      help: 'Leave both out to get paths made from the name of the tier.',
    },
  ]
}

// Two clusters that one Argo CD takes for one.
const destination: Separate = {
  what: 'Argo CD destination',
  key: ['argocdDestination'],
  of: (tier) => sameAddress(tier.argocdDestination),
  help: `Only ${inCluster} means another cluster to every Argo CD.`,
}

function sharedDestination(
  tier: Tier,
  earlier: Tier,
  source: YamlSource,
  index: number,
): readonly Finding[] {
  const isTold = sameAddress(tier.cluster) === sameAddress(earlier.cluster)
  const is = destination.of(tier)
  if (isTold || is === sameAddress(inCluster) || is !== destination.of(earlier)) return []
  return [shared(source, index, earlier, tier, destination, 'share')]
}

// A private key stored where another tier's public key is expected would be published.
function crossed(tier: Tier, earlier: Tier, source: YamlSource, index: number): readonly Finding[] {
  const isPrivate = tier.vault.path === earlier.vault.publicPath
  return isPrivate || tier.vault.publicPath === earlier.vault.path
    ? [
        {
          ...source.locate(['tiers', index, 'vault', isPrivate ? 'path' : 'publicPath']),
          code: 'TIERS_SHARED',
          message: `a key path of tier ${tier.name} is one of tier ${earlier.name}`,
          help: 'Private and public keys of every tier have paths of their own.',
        },
      ]
    : []
}
