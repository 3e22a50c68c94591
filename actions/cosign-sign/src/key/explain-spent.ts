import { KnownError } from '@tierseal/errors'
import type { Login } from '@tierseal/vault'

/**
 * The failure of a signature that the token was allowed when the key was opened: Vault says the same of a token that is
 * over as of a policy that lacks the right. Any other failure stays as it is.
 *
 * @param requests how many were begun with the token so far; those that were repeated count once
 */
export function explainSpent(
  error: unknown,
  { uses, ttlSeconds }: Pick<Login, 'uses' | 'ttlSeconds'>,
  requests: number,
): unknown {
  if (!(error instanceof KnownError) || error.code !== 'VAULT_DENIED') return error
  if (uses > 0 && requests > uses) {
    return new KnownError(
      'VAULT_TOKEN_USES',
      `the role gives a token for ${uses} requests, and this step makes more: two to open the key, and one for each signature`,
      {
        hint: 'Set token_num_uses on the role to 0, or sign fewer images in one step.',
        cause: error,
      },
    )
  }
  const counted = uses > 0 ? ` and ${uses} requests` : ''
  return new KnownError(
    error.code,
    `${error.message}\nIt was allowed when the key was opened: the token lives for ${ttlSeconds} s${counted}, or it was revoked since.`,
    { hint: 'Set token_ttl=5m on the role, or sign fewer images in one step.', cause: error },
  )
}
