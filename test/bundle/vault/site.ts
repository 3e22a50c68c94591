import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addTier,
  type CosignKeyPair,
  generateCosignKeyPair,
  prepareVault,
  type ServiceAccountClaims,
  startTokenReview,
  startVault,
  temporaryDirectory,
  type VaultAnswer,
} from '@tierseal/test-kit'

export type Flavour = 'openbao' | 'vault'

/** The paths of a policy and what may be done there. */
export type Rules = Readonly<Record<string, readonly string[]>>

/** A Vault with Kubernetes auth, KV and transit, and a tier `dev` with its role, policy and key. */
export interface Site extends AsyncDisposable {
  readonly address: string
  readonly caPath: string
  readonly caPem: string
  readonly key: CosignKeyPair
  /** The service account token that stands in the inputs. */
  readonly jwt: string
  /** The inputs of vault-fetch-key for the tier. */
  readonly inputs: Readonly<Record<string, string>>
  /** A request as root, which must succeed. */
  ask(method: string, path: string, body?: unknown): Promise<VaultAnswer['body']>
  writePolicy(name: string, rules: Rules): Promise<void>
  /** A role for the tier's service account. */
  writeRole(name: string, settings?: Readonly<Record<string, unknown>>): Promise<void>
  /** A file with a service account token of the tier, or of somebody else. */
  tokenFile(claims?: Partial<ServiceAccountClaims>): string
  /** A namespace with a tier `dev` of its own, same key. */
  makeNamespace(name: string): Promise<void>
  /** The accessors of every live token. */
  accessors(): Promise<readonly unknown[]>
}

/** What a tier's token needs and no more. */
export const leastPolicy = {
  'cosign/data/tiers/dev': ['read'],
  'cosign/data/public/dev': ['read'],
  'sys/capabilities-self': ['update'],
  'auth/token/revoke-self': ['update'],
} as const satisfies Rules

const tierRole = {
  bound_service_account_names: 'ci-signer',
  bound_service_account_namespaces: 'ci-dev',
  audience: 'vault',
  token_no_default_policy: true,
  token_ttl: '5m',
  token_type: 'service',
}

/** Starts such a site. */
export async function startSite(flavour: Flavour): Promise<Site> {
  const vault = await startVault({ flavour })
  const review = await startTokenReview()
  await prepareVault(vault, review)
  const key = generateCosignKeyPair('CANARY-password')
  await addTier(vault, { tier: 'dev', keys: key })
  const folder = temporaryDirectory('vault-site')
  const jwt = review.issue(owner)
  const tokenFile: Site['tokenFile'] = (claims = {}) => {
    const path = join(mkdtempSync(join(folder, 'jwt-')), 'token')
    writeFileSync(
      path,
      Object.keys(claims).length === 0 ? jwt : review.issue({ ...owner, ...claims }),
    )
    return path
  }
  const ask: Site['ask'] = async (method, path, body) => {
    const answer = await vault.request(method, path, body)
    if (answer.status < 400) return answer.body
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  const { address, caPath, caPem } = vault
  return {
    address,
    caPath,
    caPem,
    key,
    jwt,
    inputs: {
      'vault-address': address,
      'vault-ca': caPath,
      role: 'ci-signer-dev',
      'token-file': tokenFile(),
      'secret-path': 'tiers/dev',
      'public-path': 'public/dev',
      'expected-policies': 'cosign-dev',
      'sibling-paths': 'tiers/staging\ntiers/prod',
    },
    ask,
    writePolicy: async (name, rules) => {
      await ask('POST', `sys/policies/acl/${name}`, { policy: hcl(rules) })
    },
    writeRole: async (name, settings = {}) => {
      await ask('POST', `auth/kubernetes/role/${name}`, { ...tierRole, ...settings })
    },
    tokenFile,
    makeNamespace: async (name) => {
      await ask('POST', `sys/namespaces/${name}`, {})
      // A namespace can stand in front of every path.
      const request: typeof vault.request = (method, path, ...rest) =>
        vault.request(method, `${name}/${path}`, ...rest)
      const inside = { ...vault, request }
      await prepareVault(inside, review)
      await addTier(inside, { tier: 'dev', keys: key })
    },
    accessors: async () => {
      const keys = member(await ask('LIST', 'auth/token/accessors'), 'data', 'keys')
      return Array.isArray(keys) ? keys : []
    },
    [Symbol.asyncDispose]: async () => {
      await vault.stop()
      await review.stop()
    },
  }
}

const owner: ServiceAccountClaims = { namespace: 'ci-dev', name: 'ci-signer' }

/** A policy in HCL. */
export function hcl(rules: Rules): string {
  return Object.entries(rules)
    .map(([path, rights]) => `path "${path}" { capabilities = ${JSON.stringify(rights)} }`)
    .join('\n')
}

/** What stands deep inside a JSON value, undefined where nothing does. */
export function member(value: unknown, ...path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (typeof value !== 'object' || value === null) return undefined
  return member(new Map(Object.entries(value)).get(name), ...rest)
}
