import type { HttpsClient } from '@tierseal/https'
import type nodeVault from 'node-vault'
import { isRecord, recordOf, textsOf } from './json.ts'
import { VaultRefusal } from './refusal.ts'
import { createTransport, type VaultMethod } from './transport.ts'

/** One request as it goes to the server. */
interface RawRequest {
  readonly method: VaultMethod
  /** Encoded, without `/v1/`; may have a query. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>> | undefined
  readonly token: string | undefined
  readonly wrapTtlSeconds: number | undefined
  readonly timeoutMs: number
}

/** Sends a request and gives the JSON of the answer. */
export type Caller = (request: RawRequest) => Promise<unknown>

/**
 * node-vault with its holes closed (facts: vault.md 1b): nothing is read from VAULT_ADDR, VAULT_TOKEN,
 * VAULT_NAMESPACE, VAULT_PREFIX or VAULT_SKIP_VERIFY, the transport is ours, and no error carries the
 * request. What it prints under DEBUG goes to packages/vault/no-debug.
 */
export function createCaller(https: HttpsClient, endpoint: string, namespace: string): Caller {
  let loaded: Promise<nodeVault.client> | undefined
  return async ({ method, path, body, token, wrapTtlSeconds, timeoutMs }) => {
    loaded ??= loadNodeVault(https, endpoint, namespace)
    const vault = await loaded
    const headers = {
      ...(token === undefined ? {} : { 'X-Vault-Token': token }),
      ...(wrapTtlSeconds === undefined ? {} : { 'X-Vault-Wrap-TTL': `${wrapTtlSeconds}s` }),
    }
    const json = body === undefined ? {} : { json: body }
    try {
      const answer: unknown = await vault.request({
        method,
        path: `/${path}`,
        headers,
        timeoutMs,
        ...json,
      })
      return answer
    } catch (error) {
      throw refusalOf(error) ?? error
    }
  }
}

async function loadNodeVault(
  https: HttpsClient,
  endpoint: string,
  namespace: string,
): Promise<nodeVault.client> {
  // At the first request, so that a step that fails on its inputs, or signs with a file, never loads
  // it; the comment makes the bundler keep it in the one file.
  const { default: create } = await import(/* webpackMode: "eager" */ 'node-vault')
  const vault = create({
    endpoint,
    // Its commands put paths together with HTML escapes; only the plain request is used.
    commands: {},
    'request-promise': createTransport(https),
  })
  // Whatever it took from the environment where it was given nothing, or an empty text.
  return Object.assign(vault, { token: '', namespace, pathPrefix: '' })
}

// node-vault's own error, which holds the body of the answer.
function refusalOf(error: unknown): VaultRefusal | undefined {
  if (!(error instanceof Error && 'response' in error && isRecord(error.response))) return undefined
  const { statusCode } = error.response
  const body = recordOf(error.response, 'body')
  return new VaultRefusal({
    status: typeof statusCode === 'number' ? statusCode : 0,
    errors: textsOf(body, 'errors'),
    warnings: textsOf(body, 'warnings'),
    data: recordOf(body, 'data'),
  })
}
