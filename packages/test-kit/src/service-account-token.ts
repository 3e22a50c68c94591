import { createHash, sign as signBytes } from 'node:crypto'

/** Who a service account token names, and for how long. */
export interface ServiceAccountClaims {
  readonly namespace: string
  readonly name: string
  readonly audience?: string
  /** Negative for a token that has expired already. */
  readonly expiresInSeconds?: number
}

/** The uid that a service account has here; a real API server draws one at random. */
export function serviceAccountUid({ namespace, name }: ServiceAccountClaims): string {
  const hex = createHash('sha256').update(`${namespace}/${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A projected token in the shape that Kubernetes 1.37 issues, signed with the given RS256 key (PEM). */
export function signServiceAccountToken(privateKey: string, claims: ServiceAccountClaims): string {
  const { namespace, name, audience = 'vault', expiresInSeconds = 600 } = claims
  const now = Math.floor(Date.now() / 1000)
  const payload = {
    aud: [audience],
    exp: now + expiresInSeconds,
    iat: Math.min(now, now + expiresInSeconds - 600),
    nbf: Math.min(now, now + expiresInSeconds - 600),
    iss: 'https://kubernetes.default.svc.cluster.local',
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': {
      namespace,
      serviceaccount: { name, uid: serviceAccountUid(claims) },
      pod: {
        name: `${name}-runner-0`,
        uid: serviceAccountUid({ namespace, name: `${name}-runner-0` }),
      },
    },
  }
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'tierseal-test' })}.${encode(payload)}`
  return `${signed}.${signBytes('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
