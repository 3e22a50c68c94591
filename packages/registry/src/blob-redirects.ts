import { KnownError } from '@tierseal/errors'
import {
  type CertificateAuthority,
  type ClientCertificate,
  HttpsClient,
  type HttpsResponse,
} from '@tierseal/https'

interface Connection {
  readonly ca?: CertificateAuthority | undefined
  readonly clientCertificate?: ClientCertificate | undefined
  readonly plainHttp?: boolean | undefined
  /** As Date.now(). */
  readonly deadlineAt: number
}

const maxRedirects = 3

/**
 * Follows the redirects by which registries hand blobs over to their storage. No credentials go along:
 * the address carries its own signature, and the content is proven by its digest.
 *
 * @throws KnownError REGISTRY_PROTOCOL for too many redirects, or one from https to http; DEADLINE_EXCEEDED where
 *   no time is left to follow one
 */
export async function followBlob(
  first: HttpsResponse,
  from: URL,
  { ca, plainHttp, deadlineAt }: Connection,
): Promise<HttpsResponse> {
  let response = first
  let url = from
  for (let count = 0; isRedirect(response); count++) {
    url = targetOf(response, url, count)
    const timeoutMs = deadlineAt - Date.now()
    const client = new HttpsClient({ ca, timeoutMs, plainHttp: url.protocol === 'http:' })
    if (url.protocol === 'http:' && plainHttp !== true) throw refused(url, 'it is plain HTTP')
    try {
      response = await client.request({ method: 'GET', url, redirects: 'return' })
    } finally {
      client.close()
    }
  }
  return response
}

function isRedirect({ status }: HttpsResponse): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

function targetOf(response: HttpsResponse, from: URL, count: number): URL {
  const { location = '' } = response.headers
  if (count >= maxRedirects) throw refused(from, `it is redirect number ${count + 1}`)
  if (location !== '' && URL.canParse(location, from.href)) return new URL(location, from)
  throw refused(from, 'it names no target')
}

function refused(url: URL, why: string): KnownError {
  return new KnownError(
    'REGISTRY_PROTOCOL',
    `the registry redirects a blob to ${url.origin}, which is not followed: ${why}`,
  )
}
