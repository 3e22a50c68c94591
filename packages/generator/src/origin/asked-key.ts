import { KnownError } from '@tierseal/errors'
import { type KeyPath, type LoadedSite, nameOf, schemaAt, suggest } from '@tierseal/tiers'
import { isKeyFile } from './config-key.ts'

/**
 * A key as a person names it: `dev.vault.role` (of a tier), `payments.context` (of a service), as it stands
 * in tiers.yaml: `tiers[0].vault.role`, `registry.host`; or the file of a public key: `keys/dev.pem`.
 *
 * @throws KnownError ORIGIN_UNKNOWN for a key that tiers.yaml cannot have
 */
export function askedKey({ site }: LoadedSite, asked: string): string {
  if (isKeyFile(asked)) return asked
  const [first = '', ...rest] = stepsOf(asked)
  const tier = site.tiers.findIndex(({ name }) => name === first)
  const service = site.services.findIndex(({ name }) => name === first)
  if (tier !== -1) return known(['tiers', tier, ...rest])
  if (service !== -1) return known(['services', service, ...rest])
  const names = [...site.tiers, ...site.services].map(({ name }) => name)
  return known([first, ...rest], names)
}

function stepsOf(asked: string): KeyPath {
  const words = asked.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  return words.map((word) => (/^\d+$/.test(word) ? Number(word) : word))
}

function known(path: KeyPath, names: readonly string[] = []): string {
  for (let length = 1; length <= path.length; length += 1) {
    const parent = schemaAt(path.slice(0, length - 1))
    // Below it a person chooses the keys: registry.mirrors, a label of a node.
    if (parent?.properties === undefined && parent?.items === undefined) return nameOf(path)
    if (schemaAt(path.slice(0, length)) !== undefined) continue
    const known = Object.keys(parent.properties ?? {})
    throw noKey(path, [...known, ...(length === 1 ? names : [])], String(path[length - 1] ?? ''))
  }
  return nameOf(path)
}

function noKey(path: KeyPath, known: readonly string[], word: string): KnownError {
  const meant = suggest(word, known)
  return new KnownError('ORIGIN_UNKNOWN', `tiers.yaml has no key ${nameOf(path)}`, {
    hint:
      meant === undefined
        ? 'Name a key as <tier>.vault.role, <service>.context or registry.host.'
        : `Did you mean ${meant}?`,
  })
}
