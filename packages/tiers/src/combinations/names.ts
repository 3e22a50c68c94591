import type { Finding } from '../finding.ts'
import type { Site } from '../site.ts'
import type { YamlSource } from '../source.ts'

/** Names that stand twice, and a site of one service that is not alone. */
export function namesFindings(site: Site, source: YamlSource): readonly Finding[] {
  return [
    ...repeated(site.tiers, 'tiers', (tier) => tier.name, 'name', source),
    ...repeated(site.services, 'services', (service) => service.name, 'name', source),
    ...repeated(site.services, 'services', (service) => service.directory, 'directory', source),
    ...rootNeighbours(site, source),
  ]
}

function repeated<T>(
  items: readonly T[],
  list: string,
  value: (item: T) => string,
  key: string,
  source: YamlSource,
): readonly Finding[] {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const text = value(item)
    // What was not written has its default from a name, which is told of by itself.
    if (!seen.has(text) || !source.has([list, index, key])) {
      seen.add(text)
      return []
    }
    return [
      {
        ...source.locate([list, index, key]),
        code: 'TIERS_DUPLICATE' as const,
        message: `two ${list} have the ${key} ${JSON.stringify(text)}`,
        help: `Give each of the ${list} a ${key} of its own.`,
      },
    ]
  })
}

function rootNeighbours({ services }: Site, source: YamlSource): readonly Finding[] {
  const root = services.findIndex((service) => service.directory === '.')
  if (root === -1 || services.length === 1) return []
  return [
    {
      ...source.locate(['services', root, 'directory']),
      code: 'TIERS_DUPLICATE',
      message: 'a service at "." must be the only one',
      help: 'Leave directory out: the files then go to services/<name>.',
    },
  ]
}
