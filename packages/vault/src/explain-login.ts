import { type Code, KnownError } from '@tierseal/errors'
import { explainRefusal, type RequestFacts } from './explain-refusal.ts'
import type { VaultRefusal } from './refusal.ts'

/** Where a login was tried. */
export interface LoginFacts extends RequestFacts {
  readonly mount: string
  readonly role: string
}

interface LoginCause {
  readonly pattern: RegExp
  readonly code: Code
  readonly meaning: (facts: LoginFacts) => string
  readonly hint: string
}

// What the Kubernetes auth method says to the client (facts: vault.md 4).
const causes: readonly LoginCause[] = [
  {
    pattern: /invalid role name/,
    code: 'VAULT_ROLE_UNKNOWN',
    meaning: ({ role, mount }) => `auth mount ${mount} has no role ${JSON.stringify(role)}`,
    hint: 'Check role and auth-mount; each tier has a role of its own.',
  },
  {
    pattern: /service account name not authorized/,
    code: 'VAULT_SERVICE_ACCOUNT_REFUSED',
    meaning: ({ role }) => `role ${role} is not for this service account`,
    hint: "Run the job under the tier's service account, or correct bound_service_account_names.",
  },
  {
    pattern: /namespace not authorized/,
    code: 'VAULT_KUBERNETES_NAMESPACE_REFUSED',
    meaning: ({ role }) => `role ${role} is not for this Kubernetes namespace`,
    hint: "Run the job in the tier's namespace, or correct bound_service_account_namespaces.",
  },
  {
    pattern: /invalid audience|audience claim/,
    code: 'VAULT_AUDIENCE_REFUSED',
    meaning: ({ role }) => `role ${role} wants a token for another audience`,
    hint: 'Project a token with the audience of the role (usually vault), and name its file in token-file.',
  },
  {
    pattern: /token is expired|invalid expiration time|not yet valid|invalid not before/,
    code: 'VAULT_JWT_EXPIRED',
    meaning: () => 'the service account token has expired or is not valid yet, or a clock is wrong',
    hint: 'The kubelet renews a projected token in its file: read it there, and compare the clocks.',
  },
  {
    pattern: /invalid issuer|claim "iss" is invalid/,
    code: 'VAULT_ISSUER_REFUSED',
    meaning: ({ mount }) => `auth mount ${mount} expects another issuer`,
    hint: 'Set disable_iss_validation=true in the config of the mount: TokenReview judges the token.',
  },
  {
    pattern: /could not load backend configuration/,
    code: 'VAULT_AUTH_NOT_CONFIGURED',
    meaning: ({ mount }) => `auth mount ${mount} has no config`,
    hint: 'Write auth/<mount>/config with kubernetes_host and kubernetes_ca_cert.',
  },
  {
    // Older servers answer this where the mount does not exist.
    pattern: /permission denied|missing client token|no handler for route|unsupported path/,
    code: 'VAULT_LOGIN_DENIED',
    meaning: ({ mount, role }) =>
      `login with role ${role} at auth mount ${mount} was denied\n${deniedCauses}`,
    hint: 'The reason stands in the log of Vault, at level debug: `login unauthorized: err=...`. No such line: the mount does not exist.',
  },
]

// Vault flattens every failure of TokenReview to one text.
const deniedCauses = `Vault says no more than that to a client. Its log tells which it is:
  - no line: there is no auth mount of this name (in this namespace), or token_bound_cidrs excludes this address
  - x509: kubernetes_ca_cert of the mount is not the CA of the API server
  - dial tcp: Vault does not reach kubernetes_host
  - tokenreviews is forbidden: the reviewer lacks the ClusterRole system:auth-delegator
  - service account unauthorized: the reviewer's own token has expired or is of another cluster
  - invalid bearer token, token audiences: the API server does not know the audience or the token
  - JWT UIDs did not match: the service account was made anew, or is of another cluster`

/** The known error behind a login that was not granted. */
export function explainLogin(refusal: VaultRefusal, facts: LoginFacts): KnownError {
  const text = refusal.errors.join('\n')
  const cause =
    refusal.status === 503 ? undefined : causes.find(({ pattern }) => pattern.test(text))
  if (cause === undefined) return explainOther(refusal, facts)
  return new KnownError(
    cause.code,
    `${facts.address}: ${cause.meaning(facts)} (${refusal.message})`,
    { hint: cause.hint },
  )
}

// A refusal of the login itself has nothing to do with policies, of which a 403 speaks elsewhere.
function explainOther(refusal: VaultRefusal, facts: LoginFacts): KnownError {
  const known = explainRefusal(refusal, facts)
  if (known.code !== 'VAULT_DENIED' && known.code !== 'VAULT_REFUSED') return known
  return new KnownError(
    'VAULT_LOGIN_DENIED',
    `${facts.address}: login with role ${facts.role} at auth mount ${facts.mount} was refused (${refusal.message})`,
    { hint: 'Read what Vault says; its log says more at level debug.' },
  )
}
