import { KnownError } from '@tierseal/errors'
import type { Login } from './answer.ts'

/** The longest life of a token that is accepted: a step that is killed cannot revoke its token. */
export const longestTokenSeconds = 15 * 60

/**
 * Refuses a token that the step could not end in time, or not do its work with. The caller revokes it.
 *
 * @param requests how many requests the step makes, the revocation apart
 * @throws KnownError VAULT_BATCH_TOKEN, VAULT_TOKEN_LIFE, VAULT_TOKEN_USES
 */
export function refuseUnfitToken(
  { tokenType, ttlSeconds, uses }: Pick<Login, 'tokenType' | 'ttlSeconds' | 'uses'>,
  requests: number,
): void {
  if (tokenType === 'batch') {
    throw new KnownError(
      'VAULT_BATCH_TOKEN',
      'the role gives a batch token, which cannot be revoked',
      { hint: 'Set token_type=service on the role.' },
    )
  }
  refuseLongLife(ttlSeconds)
  // Vault counts every request, denied ones and the revocation too.
  const needed = requests + 1
  if (uses !== 0 && uses < needed) {
    throw new KnownError(
      'VAULT_TOKEN_USES',
      `the role gives a token for ${uses} requests, and this step makes ${needed}`,
      { hint: `Set token_num_uses on the role to 0 or to at least ${needed}.` },
    )
  }
}

// A token that never expires has a life of 0.
function refuseLongLife(ttlSeconds: number): void {
  if (ttlSeconds > 0 && ttlSeconds <= longestTokenSeconds) return
  const life = ttlSeconds === 0 ? 'never expires' : `lives for ${ttlSeconds} s`
  throw new KnownError(
    'VAULT_TOKEN_LIFE',
    `the role gives a token that ${life}; ${longestTokenSeconds} s is the most: a step that is killed leaves it behind`,
    { hint: 'Set token_ttl=5m and token_max_ttl=10m on the role.' },
  )
}
