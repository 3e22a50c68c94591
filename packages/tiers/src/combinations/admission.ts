import { messageOf } from '@tierseal/errors'
import { parseDigestReference } from '@tierseal/oci'
import type { Finding } from '../finding.ts'
import { schemaAt } from '../json-schema.ts'
import type { Site } from '../site.ts'
import type { KeyPath, YamlSource } from '../source.ts'
import { isOlder } from '../version.ts'

/** Allow-lists that allow more than they say, and objects that a product in the cluster does not take. */
export function admissionFindings(site: Site, source: YamlSource): readonly Finding[] {
  return [
    ...platformImages(site, source),
    ...excludedNamespaces(site, source),
    ...builders(site, source),
    ...integrity(site, source),
    ...trialImages(site, source),
  ]
}

function platformImages({ tiers }: Site, source: YamlSource): readonly Finding[] {
  const lists: readonly KeyPath[] = [
    ['policy', 'platformImages'],
    ...tiers.map((_, index) => ['tiers', index, 'platformImages']),
  ]
  return lists.flatMap((path) =>
    imagesAt(source, path).flatMap((image, index) =>
      digestFinding(source, [...path, index], image),
    ),
  )
}

function imagesAt(source: YamlSource, path: KeyPath): readonly string[] {
  if (!source.has(path)) return []
  const written: unknown = source.document.getIn([...path])
  const list: unknown = isJsonable(written) ? written.toJSON() : written
  return Array.isArray(list) ? list.map(String) : []
}

function isJsonable(value: unknown): value is { toJSON(): unknown } {
  return typeof value === 'object' && value !== null && 'toJSON' in value
}

function builders({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap((tier, index) => {
    const path = ['tiers', index, 'build']
    const { engine, executor, image } = tier.build
    if (engine === 'buildah' && executor !== 'sandbox') {
      return [unusable(source, [...path, 'executor'], "executors are kaniko's; buildah has none")]
    }
    if (executor === 'kubernetes' && image === undefined) {
      return [unusable(source, path, 'executor kubernetes needs build.image, by digest')]
    }
    return image === undefined ? [] : digestFinding(source, [...path, 'image'], image)
  })
}

function digestFinding(source: YamlSource, path: KeyPath, image: string): readonly Finding[] {
  try {
    parseDigestReference(image)
    return []
  } catch (error) {
    return [
      {
        ...source.locate(path),
        code: 'TIERS_NOT_BY_DIGEST',
        message: messageOf(error),
        help: 'Name it registry/path@sha256:<digest>; a tag can be moved to anything.',
      },
    ]
  }
}

// An image from elsewhere is judged by another policy: its trial would prove nothing.
function trialImages({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap((tier, index) =>
    Object.entries(tier.trialImages ?? {}).flatMap(([kind, image]) => {
      const path = ['tiers', index, 'trialImages', kind]
      return image.startsWith(tier.imagePrefix)
        ? digestFinding(source, path, image)
        : [unusable(source, path, `${image} is not below ${tier.imagePrefix}`)]
    }),
  )
}

function excludedNamespaces(site: Site, source: YamlSource): readonly Finding[] {
  return site.tiers.flatMap((tier, index) =>
    site.policy.excludedNamespaces.includes(tier.namespace)
      ? [
          {
            ...source.locate(['tiers', index, 'namespace']),
            code: 'TIERS_OPEN_NAMESPACE' as const,
            message: `the workloads of tier ${tier.name} run in ${tier.namespace}, where no rule applies`,
            help: 'Take it out of policy.excludedNamespaces.',
          },
        ]
      : [],
  )
}

function integrity({ tiers }: Site, source: YamlSource): readonly Finding[] {
  return tiers.flatMap((tier, index) =>
    tier.sourceIntegrity?.mode === 'strict' && isOlder(tier.argocd, '3.5')
      ? [
          unusable(
            source,
            ['tiers', index, 'sourceIntegrity', 'mode'],
            `Argo CD ${tier.argocd} checks the head only; mode strict needs 3.5`,
          ),
        ]
      : [],
  )
}

function unusable(source: YamlSource, path: KeyPath, message: string): Finding {
  const help = schemaAt(path)?.description
  return { ...source.locate(path), code: 'TIERS_UNUSABLE', message, help }
}
