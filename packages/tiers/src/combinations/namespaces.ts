import type { Finding } from '../finding.ts'
import type { Site, Tier } from '../site.ts'
import type { KeyPath, YamlSource } from '../source.ts'

interface Place {
  readonly what: string
  readonly key: KeyPath
  readonly namespace: string
}

/**
 * Namespaces that a tier has for two things. A pod may run as every service account beside it: whoever may write the
 * GitOps repository, or start build pods, would log in to Vault as the runner, or change what Argo CD may sync.
 */
export function namespaceFindings({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap((tier, index) => {
    const places = placesOf(tier)
    return places.flatMap((place, at) => {
      const other = places.slice(0, at).find(({ namespace }) => namespace === place.namespace)
      if (other === undefined) return []
      const [own, inTier] = [
        ['tiers', index, ...place.key],
        ['tiers', index, ...other.key],
      ]
      return [
        {
          ...source.locate(source.has(own) ? own : inTier),
          code: 'TIERS_SHARED' as const,
          message: `tier ${tier.name} has ${other.what} and ${place.what} in one namespace: ${place.namespace}`,
          help: 'Leave both out to get namespaces made from the name of the tier.',
        },
      ]
    })
  })
}

function placesOf({ serviceAccount, namespace, argocdNamespace, build }: Tier): readonly Place[] {
  const places: readonly Place[] = [
    {
      what: 'its runner',
      key: ['serviceAccount', 'namespace'],
      namespace: serviceAccount.namespace,
    },
    { what: 'its Argo CD', key: ['argocdNamespace'], namespace: argocdNamespace },
    { what: 'its workloads', key: ['namespace'], namespace },
  ]
  if (build.executor !== 'kubernetes') return places
  const key: KeyPath = ['build', 'namespace']
  return [...places, { what: 'its build pods', key, namespace: build.namespace }]
}
