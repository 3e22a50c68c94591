import type { CosignKeyPair } from './cosign-key-pair.ts'
import type { TokenReview } from './token-review.ts'
import type { VaultAnswer } from './vault-request.ts'

/** A server, or a cluster, that takes requests as root. */
interface RootAccess {
  readonly caPem: string
  request(method: string, path: string, body?: unknown): Promise<VaultAnswer>
  /** Of a cluster: waits until every server reads what stands at this path. */
  replicated?(path: string): Promise<void>
}

export interface VaultTier {
  readonly tier: string
  readonly keys: CosignKeyPair
  /** Of the runner that may log in; default ci-signer in ci-<tier>. */
  readonly serviceAccount?: { readonly name: string; readonly namespace: string }
}

/** Turns on the Kubernetes auth method and the KV version 2 mount `cosign`, once per server. */
export async function prepareVault(vault: RootAccess, reviewer: TokenReview): Promise<void> {
  await must(vault, 'POST', 'sys/auth/kubernetes', { type: 'kubernetes' })
  await must(vault, 'POST', 'auth/kubernetes/config', {
    kubernetes_host: reviewer.url,
    // OpenBao wants a CA even for plain HTTP (facts: vault.md 0).
    kubernetes_ca_cert: vault.caPem,
    token_reviewer_jwt: reviewer.issue({ namespace: 'vault', name: 'reviewer' }),
    disable_local_ca_jwt: true,
  })
  await must(vault, 'POST', 'sys/mounts/cosign', { type: 'kv', options: { version: '2' } })
}

/** Adds one tier, known to every server: its keys, the policy that reads exactly its path, and its role. */
export async function addTier(
  vault: RootAccess,
  { tier, keys, serviceAccount }: VaultTier,
): Promise<void> {
  const { name, namespace } = serviceAccount ?? { name: 'ci-signer', namespace: `ci-${tier}` }
  const { privateKey, publicKey, password } = keys
  const policy = `sys/policies/acl/cosign-${tier}`
  const role = `auth/kubernetes/role/ci-signer-${tier}`
  await must(vault, 'PUT', policy, { policy: tierPolicy(tier) })
  await must(vault, 'POST', role, {
    bound_service_account_names: name,
    bound_service_account_namespaces: namespace,
    audience: 'vault',
    token_policies: `cosign-${tier}`,
    token_no_default_policy: true,
    token_ttl: '5m',
    token_max_ttl: '10m',
    token_type: 'service',
    alias_name_source: 'serviceaccount_uid',
  })
  await writeSecret(vault, `tiers/${tier}`, { private_key: privateKey, password })
  await writeSecret(vault, `public/${tier}`, { public_key: publicKey, version: '1' })
  for (const path of [policy, role, `cosign/data/tiers/${tier}`, `cosign/data/public/${tier}`]) {
    await vault.replicated?.(path)
  }
}

/** Writes one KV version 2 secret as root, retrying while the new mount upgrades itself. */
export async function writeSecret(
  vault: RootAccess,
  path: string,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { status, body } = await vault.request('POST', `cosign/data/${path}`, { data })
    if (status === 200) return
    if (!JSON.stringify(body).includes('Upgrading'))
      throw new Error(`vault: ${path}: ${JSON.stringify(body)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`vault: ${path}: the KV mount is still upgrading`)
}

function tierPolicy(tier: string): string {
  return `
path "cosign/data/tiers/${tier}"  { capabilities = ["read"] }
path "cosign/data/public/${tier}" { capabilities = ["read"] }
path "auth/token/revoke-self"     { capabilities = ["update"] }
path "sys/capabilities-self"      { capabilities = ["update"] }
`
}

async function must(vault: RootAccess, method: string, path: string, body: unknown): Promise<void> {
  const answer = await vault.request(method, path, body)
  if (answer.status >= 300)
    throw new Error(`vault: ${method} ${path}: ${JSON.stringify(answer.body)}`)
}
