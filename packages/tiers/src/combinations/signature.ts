import type { Code } from '@tierseal/errors'
import type { Finding } from '../finding.ts'
import type { Site, Tier } from '../site.ts'
import type { YamlSource } from '../source.ts'

interface Rule {
  readonly broken: (tier: Tier) => boolean
  readonly code: Code
  readonly message: (tier: Tier) => string
  readonly help: string
}

// facts: kyverno.md 1c, cosign.md 3.
const rules: readonly Rule[] = [
  {
    broken: ({ policyKind, signature }) =>
      policyKind === 'ClusterPolicy' && signature.format === 'bundle',
    code: 'TIERS_FORMAT_UNVERIFIABLE',
    message: ({ kyverno }) => `Kyverno ${kyverno} cannot verify a bundle with a static key`,
    help: 'Use signature.format legacy, or Kyverno 1.19.',
  },
  {
    broken: ({ policyKind, signature }) =>
      policyKind === 'ImageValidatingPolicy' && signature.format === 'oci-1-1',
    code: 'TIERS_FORMAT_UNVERIFIABLE',
    message: ({ kyverno }) => `oci-1-1 needs a ClusterPolicy, and Kyverno ${kyverno} gets none`,
    help: 'Use signature.format bundle.',
  },
  {
    broken: ({ signature }) => signature.format === 'bundle' && signature.cosign === '2',
    code: 'TIERS_FORMAT_UNVERIFIABLE',
    message: () => 'cosign 2 signs no bundle that Kyverno takes',
    help: 'Use cosign "3", or signature.format legacy.',
  },
  {
    broken: ({ signature }) => signature.format === 'oci-1-1' && signature.cosign === '3',
    code: 'TIERS_FORMAT_UNVERIFIABLE',
    message: () => 'oci-1-1 is an experiment of cosign 2 that cosign 3 no longer writes',
    help: 'Use signature.format bundle with cosign "3".',
  },
]

/** Signatures that the tier's own admission could not verify. */
export function signatureFindings({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap((tier, index) =>
    rules
      .filter((rule) => rule.broken(tier))
      .map((rule) => ({
        ...source.locate(['tiers', index, 'signature', 'format']),
        code: rule.code,
        message: `tier ${tier.name}: ${rule.message(tier)}`,
        help: rule.help,
      })),
  )
}
