import type { Finding } from '../finding.ts'
import type { Site, Tier } from '../site.ts'
import type { YamlSource } from '../source.ts'
import { isOlder } from '../version.ts'

interface Floor {
  readonly key: 'kyverno' | 'argocd'
  readonly product: string
  /** The oldest release whose objects the templates are written for (docs/decisions/0111). */
  readonly version: string
}

const floors: readonly Floor[] = [
  { key: 'kyverno', product: 'Kyverno', version: '1.13' },
  { key: 'argocd', product: 'Argo CD', version: '3.0' },
]

/** Releases that would take the generated objects for something else, or not at all. */
export function supportedFindings({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap((tier, index) =>
    floors
      .filter(({ key, version }) => isOlder(tier[key], version))
      .map((floor) => tooOld(source, tier, index, floor)),
  )
}

function tooOld(
  source: YamlSource,
  tier: Tier,
  index: number,
  { key, product, version }: Floor,
): Finding {
  return {
    ...source.locate(['tiers', index, key]),
    code: 'TIERS_TOO_OLD',
    message: `tier ${tier.name} has ${product} ${tier[key]}, and the generated files need ${version}`,
    help: `Upgrade ${product} first; an older one may ignore what a policy or a project says.`,
  }
}
