import type { z } from 'zod'
import { generatorVersion } from './generator-version.ts'
import { siteSchema, type WrittenSite } from './site-schema.ts'
import type { KeyPath } from './source.ts'

type Container = Record<string | number, unknown>

const action = { source: 'unwritten/unwritten', version: 'v0', sha: '0'.repeat(40) }
const rounds = 8

/**
 * What is left of a tiers.yaml that the schema refuses, so that the rules between values see the rest. What
 * was refused goes, and has its default; what must be there is stood in for by a value that no rule objects
 * to. Undefined where too little is left.
 */
export function repaired(written: unknown): WrittenSite | undefined {
  const root = { site: structuredClone(written) }
  if (!isContainer(root.site) || Array.isArray(root.site)) return undefined
  for (let round = 0; round < rounds; round += 1) {
    const parsed = siteSchema.safeParse(root.site)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) repair(root, issue)
  }
  return undefined
}

function repair(root: Container, issue: z.core.$ZodIssue): void {
  const path = ['site', ...issue.path.map((step) => (typeof step === 'symbol' ? '' : step))]
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) takeOut(root, [...path, key])
    return
  }
  for (let length = path.length; length > 1; length -= 1) {
    if (mend(root, path.slice(0, length))) return
  }
}

// A rule that reads a signature also reads the Kyverno beside it, and trial images the registry: what stands
// in for one of them must not make the rule speak of the other.
function mend(root: Container, path: KeyPath): boolean {
  const [, section, index, key] = path
  if (section === 'tiers' && (key === 'kyverno' || key === 'signature')) {
    put(root, [...path.slice(0, 3), 'signature'], { format: 'legacy' })
    if (key === 'signature') return true
  }
  if (section === 'registry' || key === 'registryPath') {
    for (const at of tiersIn(root)) takeOut(root, ['site', 'tiers', at, 'trialImages'])
  }
  const standIn = standInFor(path.slice(1), Number(index))
  if (standIn === undefined) return typeof path.at(-1) === 'string' && takeOut(root, path)
  put(root, path, standIn)
  return true
}

function standInFor(path: KeyPath, index: number): unknown {
  const name = path.map((step) => (typeof step === 'number' ? '[]' : step)).join('.')
  const address = `https://unwritten-${index}.invalid`
  const standIns: Readonly<Record<string, unknown>> = {
    generator: generatorVersion,
    forge: 'gitea',
    actions: action,
    checkout: action,
    registry: { host: 'unwritten.invalid' },
    vault: { address },
    gitops: { repository: address },
    services: [{ name: 'unwritten-service' }],
    tiers: [{}],
    'services.[]': { name: `unwritten-service-${index}` },
    'services.[].name': `unwritten-service-${index}`,
    'tiers.[]': {},
    'tiers.[].name': `unwritten-${index}`,
    'tiers.[].branch': `unwritten-${index}`,
    'tiers.[].cluster': address,
    'tiers.[].kyverno': '1.19',
    'tiers.[].argocd': '3.5',
    'tiers.[].protected': false,
    'registry.host': 'unwritten.invalid',
    'vault.address': address,
    'gitops.repository': address,
  }
  return standIns[name]
}

function tiersIn(root: Container): readonly number[] {
  const tiers = isContainer(root['site']) ? root['site']['tiers'] : undefined
  return Array.isArray(tiers) ? [...tiers.keys()] : []
}

function takeOut(root: Container, path: KeyPath): boolean {
  const owner = ownerOf(root, path)
  const key = path.at(-1) ?? ''
  return owner !== undefined && Object.hasOwn(owner, key) && Reflect.deleteProperty(owner, key)
}

function put(root: Container, path: KeyPath, value: unknown): void {
  const owner = ownerOf(root, path)
  if (owner !== undefined) owner[path.at(-1) ?? ''] = value
}

function ownerOf(root: Container, path: KeyPath): Container | undefined {
  let owner: unknown = root
  for (const step of path.slice(0, -1)) owner = isContainer(owner) ? owner[step] : undefined
  return isContainer(owner) ? owner : undefined
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}
