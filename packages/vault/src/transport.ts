import { KnownError } from '@tierseal/errors'
import { type HttpsClient, type HttpsResponse, retryAfterMs } from '@tierseal/https'
import { protocolError } from './answer.ts'
import { isRecord, recordOf, textsOf } from './json.ts'
import { VaultRefusal } from './refusal.ts'

/** What node-vault hands to its transport for one request. */
interface TransportRequest {
  readonly method: string
  readonly uri: string
  readonly headers: Readonly<Record<string, string>>
  readonly json: unknown
  readonly timeoutMs: number
}

/** What node-vault wants back, as the old `request` library gave it. */
interface TransportResponse {
  readonly statusCode: number
  readonly body: unknown
  readonly request: { readonly path: string }
}

/** The object that node-vault takes as `request-promise`. */
export interface Transport {
  defaults(ignored: unknown): (options: unknown) => Promise<TransportResponse>
}

/**
 * Puts an HttpsClient under node-vault, in the place of axios. The defaults that node-vault offers are
 * ignored: they carry strictSSL from VAULT_SKIP_VERIFY (facts: vault.md 1b).
 */
export function createTransport(client: HttpsClient): Transport {
  return {
    defaults: () => async (options) => {
      const request = parseRequest(options)
      const url = new URL(request.uri)
      const response = await client.request({
        method: parseMethod(request.method),
        url,
        headers: { ...request.headers, 'user-agent': 'tierseal', 'x-vault-request': 'true' },
        timeoutMs: request.timeoutMs,
        redirects: 'return',
        ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
      })
      const { status, body } = response
      if (status >= 300 && status < 400) throw redirectRefused(url, response)
      if (status !== 200 && status !== 204) throw refusalOf(response)
      return { statusCode: status, body: parseBody(status, body), request: { path: url.pathname } }
    },
  }
}

// A standby node sends its clients to the active one with 307; anything else is not Vault's own.
function redirectRefused(url: URL, { status, headers }: HttpsResponse): KnownError {
  const { location = '' } = headers
  const target = URL.canParse(location, url.href) ? new URL(location, url).origin : 'nowhere'
  const message = `${url.origin} answered ${status}, a redirect to ${target}; the token does not follow it`
  if (status !== 307) {
    return new KnownError('REDIRECT_REFUSED', message, { hint: 'Use the final address.' })
  }
  return new KnownError('VAULT_STANDBY', message, {
    hint: 'A standby node answers like this. Use the address of the load balancer or of the active node.',
  })
}

// Made here, because node-vault keeps only the first error of an answer, and none of its headers.
function refusalOf(response: HttpsResponse): VaultRefusal {
  const { status, body } = response
  const parsed: unknown = parseBody(status, body)
  const answer = isRecord(parsed) ? parsed : undefined
  return new VaultRefusal({
    status,
    errors: textsOf(answer, 'errors'),
    warnings: textsOf(answer, 'warnings'),
    data: recordOf(answer, 'data'),
    retryAfterMs: retryAfterMs(response),
  })
}

function parseBody(status: number, body: Buffer): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // The status of an error page still means something; a success must be an answer of Vault.
    if (status >= 300) return undefined
    throw protocolError(`${status} with a body that is not JSON`)
  }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'LIST'] as const

/** A method of Vault's API. */
export type VaultMethod = (typeof methods)[number]

function parseMethod(method: string): VaultMethod {
  const known = methods.find((candidate) => candidate === method)
  if (known === undefined) throw new Error(`node-vault asked for the method ${method}`)
  return known
}

function parseRequest(options: unknown): TransportRequest {
  if (!isRecord(options)) throw new Error('node-vault handed over no request')
  const { method, uri, headers, json, timeoutMs } = options
  if (typeof method !== 'string' || typeof uri !== 'string' || typeof timeoutMs !== 'number') {
    throw new Error('node-vault handed over a request without method, uri or deadline')
  }
  return { method, uri, headers: isRecord(headers) ? textsIn(headers) : {}, json, timeoutMs }
}

function textsIn(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(headers)
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
