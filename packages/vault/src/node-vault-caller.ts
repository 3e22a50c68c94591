import type { HttpsClient } from '@tierseal/https'
import type nodeVault from 'node-vault'
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

/** Sends a request and gives the JSON of the answer. @throws VaultRefusal, and KnownError where none came */
export type Caller = (request: RawRequest) => Promise<unknown>

/**
 * node-vault with its holes closed (facts: vault.md 1b): nothing is read from VAULT_ADDR, VAULT_TOKEN,
 * VAULT_NAMESPACE, VAULT_PREFIX or VAULT_SKIP_VERIFY; the transport is ours and makes the errors, of
 * which none carries the request. What it prints under DEBUG goes to packages/vault/no-debug.
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
    const answer: unknown = await vault.request({
      method,
      path: `/${path}`,
      headers,
      timeoutMs,
      ...json,
    })
    return answer
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
