import { KnownError, messageOf, rotateRunbook } from '@tierseal/errors'
import type { VaultSession } from '@tierseal/vault'

/** Writes a part of a tier's key where nothing stands yet, and gives its version. @throws KnownError KEY_EXISTS */
export async function writeNew(
  session: VaultSession,
  secret: { readonly mount: string; readonly path: string },
  data: Readonly<Record<string, string>>,
  tier: string,
): Promise<number> {
  try {
    return await session.writeKv(secret, data, 0)
  } catch (error) {
    if (!(error instanceof KnownError) || error.code !== 'VAULT_WRITE_CONFLICT') throw error
    throw new KnownError(
      'KEY_EXISTS',
      `tier ${tier} has a key at ${secret.path}: ${messageOf(error)}`,
      {
        hint: `Record its public part with tierseal keys fetch ${tier}; to replace it, rotate it: ${rotateRunbook}.`,
        cause: error,
      },
    )
  }
}
