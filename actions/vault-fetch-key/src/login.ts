import { maskSecret } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import { type Login, refuseUnfitToken, type VaultClient, type VaultSession } from '@tierseal/vault'
import type { Inputs } from './inputs.ts'
import { describeToken, findTokenFlaws, type ServiceAccountToken } from './service-account-token.ts'

/** What a login is made with. */
export interface LoginMeans {
  readonly client: VaultClient
  readonly inputs: Pick<Inputs, 'authMount' | 'role' | 'audience'>
  readonly token: ServiceAccountToken
}

/**
 * Logs in, does the work, and revokes the token before it returns, also where the work failed.
 *
 * @param requests how many requests the work makes
 * @throws KnownError VAULT_BATCH_TOKEN, VAULT_TOKEN_LIFE or VAULT_TOKEN_USES where the token is not fit for
 *   it, VAULT_REVOKE_FAILED
 */
export async function withLogin<T>(
  means: LoginMeans,
  requests: number,
  work: (session: VaultSession, login: Login) => Promise<T>,
): Promise<{ readonly login: Login; readonly result: T }> {
  const { client, inputs, token } = means
  const login = await explained(token, inputs.audience, () => client.login(credentials(means)))
  maskSecret(login.token)
  const session = client.session(login.token)
  const result = await thenRevoke(session, login, () => {
    refuseUnfitToken(login, requests)
    return work(session, login)
  })
  return { login, result }
}

/** What Vault wants for a login. */
export function credentials({ inputs, token }: LoginMeans): {
  mount: string
  role: string
  jwt: string
} {
  return { mount: inputs.authMount, role: inputs.role, jwt: token.jwt }
}

/** Adds to a refused login what the token says of itself: Vault's own text is often `permission denied`. */
export async function explained<T>(
  token: ServiceAccountToken,
  audience: string,
  login: () => Promise<T>,
): Promise<T> {
  try {
    return await login()
  } catch (error) {
    if (!(error instanceof KnownError) || !aboutTheToken.has(error.code)) throw error
    const now = new Date()
    const flaws = findTokenFlaws(token, audience, now).map((flaw) => `\n  - ${flaw}`)
    const message = `${error.message}\nThe token sent: ${describeToken(token, now)}${flaws.join('')}`
    const hint = error.hint === undefined ? {} : { hint: error.hint }
    throw new KnownError(error.code, message, { ...hint, cause: error })
  }
}

const aboutTheToken: ReadonlySet<string> = new Set([
  'VAULT_LOGIN_DENIED',
  'VAULT_AUDIENCE_REFUSED',
  'VAULT_JWT_EXPIRED',
  'VAULT_ISSUER_REFUSED',
  'VAULT_SERVICE_ACCOUNT_REFUSED',
  'VAULT_KUBERNETES_NAMESPACE_REFUSED',
])

async function thenRevoke<T>(
  session: VaultSession,
  login: Login,
  work: () => Promise<T>,
): Promise<T> {
  let result: T
  try {
    result = await work()
  } catch (error) {
    throw await withRevocation(session, login, error)
  }
  await session.revokeSelf()
  return result
}

// The first failure is the one to show; that the token lives on is added to it.
async function withRevocation(
  session: VaultSession,
  { ttlSeconds }: Login,
  error: unknown,
): Promise<unknown> {
  try {
    await session.revokeSelf()
    return error
  } catch (second) {
    if (!(error instanceof KnownError)) return error
    const message = `${error.message}\nBesides, the token lives for another ${ttlSeconds} s at most: ${messageOf(second)}`
    const hint = error.hint === undefined ? {} : { hint: error.hint }
    return new KnownError(error.code, message, { ...hint, cause: error })
  }
}
