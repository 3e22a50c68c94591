// Run as a program: the token server of the lab's registry (distribution, docs/spec/auth/token). It knows the
// accounts and signs what each may do with the paths that it asks for; the registry checks the signature.
import { randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import { accessOf, type RegistryAccount } from './registry-rights.ts'

/** What the part that starts it writes for it. */
interface Settings {
  readonly host: string
  readonly port: number
  readonly certificate: string
  readonly key: string
  /** The key that signs tokens, in PEM, and its name in the registry's JWKS. */
  readonly signingKey: string
  readonly keyId: string
  readonly issuer: string
  readonly service: string
  readonly accounts: Readonly<Record<string, RegistryAccount>>
}

const lifetimeSeconds = 300
const settings: Settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const tls = { cert: readFileSync(settings.certificate), key: readFileSync(settings.key) }

createServer(tls, (request, response) => {
  // A client that tries OAuth's POST first goes on with GET after a 405.
  if (request.method !== 'GET') return response.writeHead(405).end()
  const [name = '', password = ''] = credentialsOf(request)
  const account = Object.hasOwn(settings.accounts, name) ? settings.accounts[name] : undefined
  if (account === undefined || account.password !== password) {
    return response.writeHead(401, { 'www-authenticate': 'Basic realm="lab"' }).end()
  }
  const { searchParams } = new URL(request.url ?? '/', 'https://localhost')
  const scopes = searchParams.getAll('scope').flatMap((scope) => scope.split(' '))
  const token = tokenFor(name, scopes, account)
  const body = { token, access_token: token, expires_in: lifetimeSeconds }
  return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}).listen(settings.port, settings.host)

function credentialsOf({ headers }: IncomingMessage): string[] {
  const encoded = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon === -1 ? [] : [text.slice(0, colon), text.slice(colon + 1)]
}

function tokenFor(subject: string, scopes: readonly string[], { rights }: RegistryAccount): string {
  const { issuer, service, keyId, signingKey } = settings
  const now = Math.floor(Date.now() / 1000)
  const header = { typ: 'JWT', alg: 'ES256', kid: keyId }
  const times = { nbf: now, iat: now, exp: now + lifetimeSeconds, jti: randomUUID() }
  const claims = { iss: issuer, sub: subject, aud: service, ...times }
  const body = [header, { ...claims, access: accessOf(scopes, rights) }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = sign('sha256', Buffer.from(body), {
    key: signingKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${body}.${signature.toString('base64url')}`
}
