import { foreignPattern, tierNamedIn } from '../belongings.ts'
import type { Finding } from '../finding.ts'
import { nameOf } from '../schema-findings.ts'
import type { Site, Tier } from '../site.ts'
import type { KeyPath, YamlSource } from '../source.ts'

interface Text {
  readonly path: KeyPath
  readonly value: string
}

// Made from what is written elsewhere, or no name.
const notWritten = new Set(['name', 'imagePrefix', 'policyKind', 'signature'])

// Of a fixed list of words each, which a tier may have as its name.
const chosen = new Set(['engine', 'executor', 'mode', 'handover'])

/** Values of a tier that name another one, and values of the site that name what belongs to one tier. */
export function foreignFindings(site: Site, source: YamlSource): readonly Finding[] {
  return [
    ...site.tiers.flatMap((tier, index) => inTier(site, tier, index, source)),
    ...(site.tiers.length > 1 ? inSite(site, source) : []),
  ]
}

function inTier(site: Site, tier: Tier, index: number, source: YamlSource): readonly Finding[] {
  const pattern = foreignPattern(site, [tier])
  const kept = Object.entries(tier).filter(
    ([key, value]) => !notWritten.has(key) && (key === 'cluster' || value !== tier.cluster),
  )
  return textsOf(['tiers', index], Object.fromEntries(kept)).flatMap(({ path, value }) => {
    const named = isListed(path) ? undefined : tierNamedIn(site, tier, value)
    const [foreign] = pattern === undefined ? [] : (value.match(pattern) ?? [])
    if (named === undefined && foreign === undefined) return []
    const what =
      named === undefined ? `has ${foreign ?? ''} of another tier` : `names tier ${named}`
    const { help, code } = forTier
    return [
      { ...source.locate(path), code, message: `${nameOf(path)} is ${value}, which ${what}`, help },
    ]
  })
}

const forTier = {
  code: 'TIERS_FOREIGN',
  help: 'Leave it out to get one made from the name of this tier, or name it after this tier.',
} as const

// What all tiers get would bring the name of one into the files of the others.
function inSite(site: Site, source: YamlSource): readonly Finding[] {
  const pattern = foreignPattern(site, [])
  const { registry, vault, gitops, policy } = site
  const services = site.services.map(({ directory: _, ownWorkflows: __, ...service }) => service)
  return textsOf([], { registry, vault, gitops, policy, services }).flatMap(({ path, value }) => {
    const [found] = pattern === undefined ? [] : (value.match(pattern) ?? [])
    const isOpen = path[1] === 'excludedNamespaces'
    // Workloads in an excluded namespace are told of at the tier (combinations/admission.ts).
    const isTold = isOpen && site.tiers.some(({ namespace }) => namespace === value)
    if (found === undefined || isTold) return []
    return [
      {
        ...source.locate(path),
        code: isOpen ? 'TIERS_OPEN_NAMESPACE' : 'TIERS_FOREIGN',
        message: `${nameOf(path)} is ${value}: ${found} belongs to one tier, and every tier gets this`,
        help:
          helpFor.get(path[1]) ??
          'Write it below the tier that it belongs to, or give it another name.',
      },
    ]
  })
}

// Of these there are none below a tier.
const helpFor: ReadonlyMap<KeyPath[number] | undefined, string> = new Map([
  ['excludedNamespaces', 'No rule would apply there. Take it out of policy.excludedNamespaces.'],
  [
    'exceptions',
    'Pods of the tier would be out of its policies. Take it out of policy.exceptions.',
  ],
])

function isListed(path: KeyPath): boolean {
  return path.slice(2).some((step) => typeof step === 'number')
}

function textsOf(path: KeyPath, value: unknown): readonly Text[] {
  if (typeof value === 'string') return chosen.has(String(path.at(-1))) ? [] : [{ path, value }]
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf([...path, index], item))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => textsOf([...path, key], item))
}
