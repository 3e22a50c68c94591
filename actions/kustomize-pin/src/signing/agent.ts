import { existsSync } from 'node:fs'
import { childEnvironment, runProcess } from '@tierseal/action-kit'

/**
 * Ends the gpg-agent of a keyring, which outlives gpg. Without gpgconf it ends by itself within a minute
 * of its folder's removal.
 */
export async function stopAgent(keyring: string): Promise<void> {
  if (!existsSync(keyring)) return
  const args = ['--homedir', keyring, '--kill', 'all']
  const env = childEnvironment({ GNUPGHOME: keyring })
  await runProcess('gpgconf', args, { env, timeoutMs: 10_000 }).catch(() => undefined)
}
