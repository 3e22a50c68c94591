import { resolve } from 'node:path'
import {
  asText,
  type InputValues,
  type JointSpec,
  list,
  log,
  maskSecret,
  optional,
  readInputs,
  required,
  seconds,
} from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { loadCertificateAuthority } from '@tierseal/https'
import {
  type KvVersion,
  longestTokenSeconds,
  parseVaultAddress,
  parseVaultPath,
} from '@tierseal/vault'

const specs = {
  address: required('vault-address', parseVaultAddress),
  ca: optional('vault-ca', loadCertificateAuthority),
  namespace: optional('vault-namespace', parseVaultPath),
  authMount: required('auth-mount', parseVaultPath),
  role: required('role', asText),
  tokenFile: required('token-file', parseTokenFile),
  audience: required('audience', asText),
  handover: required('handover', parseHandover),
  handleTtlMs: seconds('handle-ttl-seconds', longestTokenSeconds),
  kvMount: required('kv-mount', parseVaultPath),
  kvVersion: required('kv-version', parseKvVersion),
  secretPath: optional('secret-path', parseVaultPath),
  privateKeyField: required('private-key-field', asText),
  passwordField: required('password-field', asText),
  publicPath: optional('public-path', parseVaultPath),
  publicKeyField: required('public-key-field', asText),
  versionField: required('version-field', asText),
  keyVersion: optional('key-version', parseVersion),
  minimumKeyVersion: optional('minimum-key-version', parseVersion),
  transitMount: required('transit-mount', parseVaultPath),
  transitKey: optional('transit-key', parseTransitKey),
  expectedPolicies: list('expected-policies', asText),
  siblingPaths: list('sibling-paths', parseVaultPath),
  keyDirectory: required('key-directory', resolvePath),
  allowDirectory: optional('allow-directory', resolvePath),
  timeoutMs: seconds('timeout-seconds'),
}

type Specified = InputValues<typeof specs>

/** What belongs to the other tiers. */
interface Siblings {
  /** Names of keys in the transit engine. */
  readonly transitKeys: readonly string[]
  /** Paths in the key-value engine. */
  readonly secretPaths: readonly string[]
}

/** The inputs of the step, proven together. */
export type Inputs = Omit<Specified, 'siblingPaths'> & { readonly siblings: Siblings }

const joints = {
  namedKey: { of: ['handover', 'secretPath', 'transitKey'], read: demandKey },
  siblings: { of: ['handover', 'siblingPaths'], read: siblingsOf },
} as const satisfies Record<string, JointSpec<Specified, unknown>>

/**
 * Reads the inputs; every problem is reported at once.
 *
 * @throws KnownError of the input codes
 */
export function readFetchInputs(): Inputs {
  return readInputs(specs, joints)
}

function demandKey({
  handover,
  secretPath,
  transitKey,
}: Pick<Specified, 'handover' | 'secretPath' | 'transitKey'>): void {
  const [name, value] =
    handover === 'transit' ? ['transit-key', transitKey] : ['secret-path', secretPath]
  if (value !== undefined) return
  throw new KnownError('INPUT_MISSING', `input ${name}: it is required with handover ${handover}`)
}

// The name of a transit key has no slash (facts: vault.md 3); a secret at the root of its mount is rare.
function siblingsOf({
  handover,
  siblingPaths,
}: Pick<Specified, 'handover' | 'siblingPaths'>): Siblings {
  if (handover !== 'transit') return { transitKeys: [], secretPaths: siblingPaths }
  const transitKeys = siblingPaths.filter((path) => !path.includes('/'))
  if (transitKeys.length === 0 && siblingPaths.length > 0) {
    log.warning('sibling-paths names no transit key: of those, only random ones are checked')
  }
  return { transitKeys, secretPaths: siblingPaths.filter((path) => path.includes('/')) }
}

function resolvePath(text: string): string {
  return resolve(text)
}

// Taken for a path that is not there, the token would be quoted.
function parseTokenFile(text: string): string {
  if (!/^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(text)) return resolvePath(text)
  maskSecret(text)
  throw new KnownError(
    'VAULT_JWT_UNREADABLE',
    'it holds a token, expected the path of the file that holds it',
    { hint: 'Name the file of the projected token: the kubelet renews the token in it.' },
  )
}

function parseHandover(text: string): 'wrapped' | 'transit' | 'file' {
  if (text === 'wrapped' || text === 'transit' || text === 'file') return text
  throw new Error(`${JSON.stringify(text)} is none of wrapped, transit, file`)
}

function parseKvVersion(text: string): KvVersion {
  if (text === '1') return 1
  if (text === '2') return 2
  throw new Error(`${JSON.stringify(text)} is neither 1 nor 2`)
}

function parseVersion(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text)
  throw new Error(`${JSON.stringify(text)} is not a version number from 1 on`)
}

// What cosign accepts after hashivault:// (facts: vault.md 3).
function parseTransitKey(text: string): string {
  if (/^\w(?:[\w.-]+)?$/.test(text) && /\w$/.test(text)) return text
  throw new Error(`${JSON.stringify(text)} is not a name that cosign takes after hashivault://`)
}
