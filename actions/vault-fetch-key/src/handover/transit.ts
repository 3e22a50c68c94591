import { maskSecret } from '@tierseal/action-kit'
import type { TransitHandle } from '@tierseal/vault'
import { othersSecrets } from '../breadth.ts'
import { credentials, explained, withLogin } from '../login.ts'
import { chooseVersion } from '../public-key.ts'
import { checkAndPublish } from '../tier-secret.ts'
import type { FetchContext, Fetched } from './handover.ts'

/**
 * Hands over a login that nobody has seen, and what cosign-sign has to check of it. Where a public path is
 * given, a login of its own is checked the same way first, reads the public key, and is revoked.
 */
export async function handOverTransit(context: FetchContext): Promise<Fetched> {
  const { client, inputs, token, server } = context
  const { login, published } = await look(context)
  const keyVersion = chooseVersion(inputs, published?.version)
  const wrapped = await explained(token, inputs.audience, () =>
    client.loginWrapped(credentials(context), inputs.handleTtlMs / 1000),
  )
  maskSecret(wrapped.token)
  const handle: TransitHandle = {
    kind: 'transit',
    ...server,
    token: wrapped.token,
    creationPath: wrapped.creationPath,
    expiresAt: wrapped.expiresAt,
    mount: inputs.transitMount,
    key: inputs.transitKey ?? '',
    keyVersion,
    expectedPolicies: inputs.expectedPolicies,
    siblings: inputs.siblings.transitKeys,
    denied: othersSecrets(inputs),
  }
  const wrappingAccessor = wrapped.accessor
  return { handle, login, published, keyVersion, readRequestId: undefined, wrappingAccessor }
}

async function look(context: FetchContext): Promise<Pick<Fetched, 'login' | 'published'>> {
  const { inputs } = context
  if (inputs.publicPath === undefined) return { login: undefined, published: undefined }
  const { login, result } = await withLogin(context, 2, (session, granted) =>
    checkAndPublish(session, granted, inputs),
  )
  return { login, published: result }
}
