import { readFileSync } from 'node:fs'
import { maskSecret } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import { type JsonRecord, recordOf, tryJson } from '@tierseal/json'

/** A service account token. Its claims are read, not verified: they only explain a refusal. */
export interface ServiceAccountToken {
  readonly jwt: string
  readonly audiences: readonly string[]
  /** Undefined where the claim is absent. */
  readonly expiresAt: Date | undefined
  readonly issuer: string
  readonly namespace: string
  readonly serviceAccount: string
}

/**
 * Reads the projected token and masks it before anything else.
 *
 * @throws KnownError VAULT_JWT_UNREADABLE
 */
export function readServiceAccountToken(path: string): ServiceAccountToken {
  const jwt = readText(path).trim()
  if (jwt === '') throw unreadable(path, 'is empty')
  maskSecret(jwt)
  const [header, payload, signature, ...rest] = jwt.split('.')
  if (!header || !payload || !signature || rest.length > 0) {
    throw unreadable(path, 'holds no service account token: it has not the three parts of a JWT')
  }
  // The part that makes it a secret; a log that breaks lines must not show it either.
  maskSecret(signature)
  const claims = decode(payload)
  if (claims === undefined) throw unreadable(path, 'holds a JWT that cannot be decoded')
  return { jwt, ...describeClaims(claims) }
}

/** What the token says of itself, for a person: audience, expiry, whose it is. Never the token. */
export function describeToken(token: ServiceAccountToken, now: Date): string {
  const { audiences, expiresAt, issuer, namespace, serviceAccount } = token
  const expiry = expiresAt === undefined ? 'never expires' : expiryText(expiresAt, now)
  return `service account ${namespace}/${serviceAccount}, audience ${audiences.join(', ') || '(none)'}, ${expiry}, issuer ${issuer || '(none)'}`
}

/** What about the token is wrong by its own words, as seen from here; empty where nothing is. */
export function findTokenFlaws(
  token: ServiceAccountToken,
  audience: string,
  now: Date,
): readonly string[] {
  const { audiences, expiresAt } = token
  const flaws: string[] = []
  if (!audiences.includes(audience)) {
    flaws.push(
      `its audience is not ${audience}: mount a projected token with audience: ${audience}`,
    )
  }
  if (expiresAt !== undefined && expiresAt <= now) {
    flaws.push('it has expired by the clock here: read it from its mount, or set the clock')
  }
  return flaws
}

function describeClaims(claims: JsonRecord): Omit<ServiceAccountToken, 'jwt'> {
  const { aud, exp, iss, sub } = claims
  const kubernetes = recordOf(claims, 'kubernetes.io')
  // system:serviceaccount:<namespace>:<name>
  const [, , namespace = '', name = ''] = String(sub ?? '').split(':')
  const audiences = Array.isArray(aud) ? aud.map(String) : aud === undefined ? [] : [String(aud)]
  return {
    audiences,
    expiresAt: typeof exp === 'number' ? new Date(exp * 1000) : undefined,
    issuer: typeof iss === 'string' ? iss : '',
    namespace: String(kubernetes?.['namespace'] ?? namespace),
    serviceAccount: String(recordOf(kubernetes, 'serviceaccount')?.['name'] ?? name),
  }
}

function decode(payload: string): JsonRecord | undefined {
  return recordOf(tryJson(Buffer.from(payload, 'base64url')))
}

function expiryText(expiresAt: Date, now: Date): string {
  const remaining = Math.round((expiresAt.getTime() - now.getTime()) / 1000)
  const when = expiresAt.toISOString()
  return remaining > 0
    ? `expires ${when} (in ${remaining} s)`
    : `expired ${when} (${-remaining} s ago)`
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, `cannot be read: ${messageOf(error)}`)
  }
}

function unreadable(path: string, flaw: string): KnownError {
  return new KnownError('VAULT_JWT_UNREADABLE', `the service account token file ${path} ${flaw}`, {
    hint: 'Mount a projected volume with serviceAccountToken {audience: vault, path: token} and name the file in token-file.',
  })
}
