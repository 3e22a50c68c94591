import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { close, listen } from './listen.ts'
import {
  type ServiceAccountClaims,
  serviceAccountUid,
  signServiceAccountToken,
} from './service-account-token.ts'

/**
 * Stands in for the TokenReview API of a Kubernetes API server. It really verifies the tokens that it
 * issued: signature, expiry and audience, and it answers a reviewer with a token of its own alone. The cluster lab uses the real API server instead.
 */
export interface TokenReview extends AsyncDisposable {
  readonly url: string
  /** A token as a projected volume would hold it. */
  issue(claims: ServiceAccountClaims): string
  stop(): Promise<void>
}

interface Review {
  readonly spec?: { readonly token?: string; readonly audiences?: readonly string[] }
}

/** Starts the stand-in on loopback. */
export async function startTokenReview(): Promise<TokenReview> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url !== '/apis/authentication.k8s.io/v1/tokenreviews')
        return answer(response, 404, {})
      const [, bearer = ''] = (request.headers.authorization ?? '').split(' ')
      if (!isGenuine(pem, bearer)) return answer(response, 401, unauthorized)
      const review: Review = JSON.parse(Buffer.concat(chunks).toString())
      return answer(response, 201, { ...review, status: judge(pem, review) })
    })
  })
  const port = await listen(server)
  const stop = (): Promise<void> => close(server)
  return {
    url: `http://127.0.0.1:${port}`,
    issue: (claims) => signServiceAccountToken(pem, claims),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

// What the API server says to a reviewer whose own token it does not take.
const unauthorized = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
}

function isGenuine(privateKey: string, token: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.')
  const key = createPublicKey(privateKey)
  return verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))
}

function judge(privateKey: string, { spec = {} }: Review): Record<string, unknown> {
  const { token = '' } = spec
  const [, body = ''] = token.split('.')
  if (!isGenuine(privateKey, token))
    return { authenticated: false, error: '[invalid bearer token]' }
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  if (claims.exp * 1000 < Date.now()) {
    return {
      authenticated: false,
      error: '[invalid bearer token, service account token has expired]',
    }
  }
  const audiences = (spec.audiences ?? claims.aud).filter((one: string) => claims.aud.includes(one))
  if (audiences.length === 0)
    return { authenticated: false, error: wrongAudience(claims.aud, spec.audiences) }
  const { namespace, serviceaccount } = claims['kubernetes.io']
  return {
    authenticated: true,
    audiences,
    user: {
      username: claims.sub,
      uid: serviceAccountUid({ namespace, name: serviceaccount.name }),
      groups: [
        'system:serviceaccounts',
        `system:serviceaccounts:${namespace}`,
        'system:authenticated',
      ],
    },
  }
}

// The API server's own words.
function wrongAudience(found: readonly string[], wanted: readonly string[] = []): string {
  return `[invalid bearer token, token audiences ${JSON.stringify(found)} is invalid for the target audiences ${JSON.stringify(wanted)}]`
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
