import type { Finding } from '../finding.ts'
import type { Site, Tier } from '../site.ts'
import type { KeyPath, YamlSource } from '../source.ts'

interface Secret {
  readonly what: string
  readonly key: readonly string[]
  /** The one for all tiers, which a tier has that writes none. */
  readonly ofSite?: KeyPath
  readonly of: (tier: Tier) => string | undefined
}

// What may push or sign for a protected tier must be in no job of another.
const secrets: readonly Secret[] = [
  {
    what: 'registry account',
    key: ['registryCredentials'],
    ofSite: ['registry', 'credentials'],
    of: ({ registryCredentials }) => registryCredentials.password,
  },
  {
    what: 'GitOps token',
    key: ['pin', 'token'],
    ofSite: ['gitops', 'token'],
    of: ({ pin }) => pin.token,
  },
  {
    what: 'OpenPGP signing key',
    key: ['pin', 'signingKey'],
    of: ({ pin }) => pin.signingKey,
  },
]

/** Forge secrets that a protected tier has together with another; one for all tiers is told of once, where it stands. */
export function secretsFindings({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return secrets.flatMap((secret) => {
    const pairs = pairsSharing(tiers, secret)
    const isOwn = ({ index }: Pair): boolean => source.has(['tiers', index, ...secret.key])
    const [first] = pairs.filter((pair) => !isOwn(pair))
    return [
      ...(first === undefined ? [] : [siteFinding(first, secret, source)]),
      ...pairs.filter(isOwn).map((pair) => tierFinding(pair, secret, source)),
    ]
  })
}

interface Pair {
  readonly earlier: Tier
  readonly tier: Tier
  readonly index: number
}

function pairsSharing(tiers: readonly Tier[], { of }: Secret): readonly Pair[] {
  return tiers.flatMap((tier, index) =>
    tiers
      .slice(0, index)
      .filter((earlier) => earlier.name !== tier.name)
      .filter((earlier) => of(tier) !== undefined && of(earlier) === of(tier))
      .filter((earlier) => earlier.protected || tier.protected)
      .map((earlier) => ({ earlier, tier, index })),
  )
}

function siteFinding(pair: Pair, secret: Secret, source: YamlSource): Finding {
  return {
    ...source.locate(writtenForAll(secret, source) ?? ['tiers', pair.index]),
    code: 'TIERS_SHARED',
    message: messageOf(pair, secret),
    help: `Remove it here, or set ${secret.key.join('.')} in each tier.`,
  }
}

function tierFinding(pair: Pair, secret: Secret, source: YamlSource): Finding {
  return {
    ...source.locate(['tiers', pair.index, ...secret.key]),
    code: 'TIERS_SHARED',
    message: messageOf(pair, secret),
    help: writtenForAll(secret, source)
      ? 'Name a forge secret of this tier alone.'
      : 'Leave it out to get one made from the name of the tier.',
  }
}

function writtenForAll({ ofSite }: Secret, source: YamlSource): KeyPath | undefined {
  return ofSite !== undefined && source.has(ofSite) ? ofSite : undefined
}

function messageOf({ earlier, tier }: Pair, { what, of }: Secret): string {
  return `tiers ${earlier.name} and ${tier.name} share their ${what}: ${of(tier) ?? ''}`
}
