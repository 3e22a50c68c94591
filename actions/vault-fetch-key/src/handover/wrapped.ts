import { maskSecret } from '@tierseal/action-kit'
import { withLogin } from '../login.ts'
import { chooseVersion } from '../public-key.ts'
import { checkAndPublish, requestsFor, secretOf } from '../tier-secret.ts'
import type { FetchContext, Fetched } from './handover.ts'

/**
 * Reads the key behind a single-use token, which outlives the token that made it: four requests and the
 * revocation. The key itself never comes here.
 */
export async function handOverWrapped(context: FetchContext): Promise<Fetched> {
  const { inputs, server } = context
  const { login, result } = await withLogin(
    context,
    requestsFor(inputs),
    async (session, granted) => {
      const published = await checkAndPublish(session, granted, inputs)
      const keyVersion = chooseVersion(inputs, published?.version)
      const secret = secretOf(inputs, keyVersion)
      const wrapped = await session.readKvWrapped(secret, inputs.handleTtlMs / 1000)
      maskSecret(wrapped.token)
      return { published, keyVersion, wrapped }
    },
  )
  const { wrapped, ...known } = result
  const { token, creationPath, expiresAt, accessor } = wrapped
  const fields = { privateKey: inputs.privateKeyField, password: inputs.passwordField }
  const held = { ...server, token, creationPath, expiresAt }
  const handle = { kind: 'wrapped', ...held, fields } as const
  return { handle, login, ...known, readRequestId: undefined, wrappingAccessor: accessor }
}
