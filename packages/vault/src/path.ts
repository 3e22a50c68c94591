import { KnownError } from '@tierseal/errors'

/** The two key-value engines. */
export type KvVersion = 1 | 2

/** A secret of a key-value engine, as a person names it: without `data/`. */
export interface KvSecret {
  readonly mount: string
  readonly path: string
  readonly kvVersion: KvVersion
}

/**
 * A mount or path inside Vault, without slashes at its ends: KV v2 answers 500 to a trailing one
 * (facts: vault.md 2).
 *
 * @throws KnownError VAULT_PATH_INVALID
 */
export function parseVaultPath(text: string): string {
  const path = text.replace(/^\/+|\/+$/g, '')
  const flaw = findFlaw(path)
  if (flaw === undefined) return path
  throw new KnownError(
    'VAULT_PATH_INVALID',
    `${JSON.stringify(text)} is not a Vault path: ${flaw}`,
    {
      hint: 'Expected components joined by /, such as tiers/dev.',
    },
  )
}

/** Where the API has the secret's values: under `data/` in version 2. */
export function kvDataPath({ mount, path, kvVersion }: KvSecret): string {
  return kvVersion === 2 ? `${mount}/data/${path}` : `${mount}/${path}`
}

/** Where version 2 has the secret's history and settings. */
export function kvMetadataPath({ mount, path }: KvSecret): string {
  return `${mount}/metadata/${path}`
}

/** Every path by which a secret, its history, or a version of it is reached: one in version 1. */
export function kvPaths(secret: KvSecret): readonly string[] {
  const { mount, path, kvVersion } = secret
  if (kvVersion === 1) return [kvDataPath(secret)]
  const ofVersions = ['delete', 'undelete', 'destroy'].map((name) => `${mount}/${name}/${path}`)
  return [kvDataPath(secret), kvMetadataPath(secret), ...ofVersions]
}

/**
 * Paths beside one, which nobody granted by name: a policy that names it by a wildcard covers one of them. They
 * begin as it does (`tiers/dev*`; with a hyphen, so that `tiers/dev-*` is seen too), lie below it
 * (`tiers/dev/*`), or are other in one component (`tiers/*`, `+/dev`).
 *
 * @param random one component
 */
export function pathsBeside(path: string, random: string): readonly string[] {
  const parts = path.split('/')
  const changed = parts.map((_, index) => parts.with(index, random).join('/'))
  return [`${path}-${random}`, `${path}/${random}`, ...changed]
}

/**
 * The path as it stands in a URL. node-vault's own commands render it with mustache, which turns a
 * mount named `ci=a&b` into HTML entities (facts: vault.md 1b); so they are not used.
 */
export function encodeVaultPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

function findFlaw(path: string): string | undefined {
  if (path === '') return 'it is empty'
  if (hasControlCharacter(path)) return 'it has a control character'
  if (/[?#*\s]/.test(path)) return 'it has white space or one of ? # *'
  const parts = path.split('/')
  if (parts.includes('')) return 'it has an empty component'
  if (parts.some((part) => part === '.' || part === '..')) return 'it has a component . or ..'
  return undefined
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f')
}
