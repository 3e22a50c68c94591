import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { describeToken, findTokenFlaws, readServiceAccountToken } from './service-account-token.ts'

const now = new Date('2026-01-01T00:00:00Z')
const seconds = now.getTime() / 1000

// As a projected volume has it (Kubernetes 1.30).
const claims = {
  aud: ['vault'],
  exp: seconds + 600,
  iss: 'https://kubernetes.default.svc.cluster.local',
  sub: 'system:serviceaccount:ci-dev:ci-signer',
  'kubernetes.io': {
    namespace: 'ci-dev',
    pod: { name: 'runner-0', uid: 'p' },
    serviceaccount: { name: 'ci-signer', uid: 'u' },
  },
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function tokenFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tierseal-jwt-')), 'token')
  writeFileSync(path, text)
  return path
}

// Masking prints workflow commands; a test has no runner to read them.
function read(payload: unknown): ReturnType<typeof readServiceAccountToken> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    const text = `${part({ alg: 'RS256' })}.${part(payload)}.CANARY-signature\n`
    return readServiceAccountToken(tokenFile(text))
  } finally {
    out.mockRestore()
  }
}

test('a token is described by whose it is, for whom, until when, and never shown', () => {
  const text = describeToken(read(claims), now)
  expect(text).toBe(
    'service account ci-dev/ci-signer, audience vault, expires 2026-01-01T00:10:00.000Z (in 600 s), issuer https://kubernetes.default.svc.cluster.local',
  )
  expect(findTokenFlaws(read(claims), 'vault', now)).toEqual([])
})

test('the older form of a token names its service account in sub alone', () => {
  const token = read({ sub: claims.sub, aud: 'vault' })
  expect(describeToken(token, now)).toBe(
    'service account ci-dev/ci-signer, audience vault, never expires, issuer (none)',
  )
})

test("the pod's default token is recognised by its audience", () => {
  const token = read({ ...claims, aud: ['https://kubernetes.default.svc'] })
  expect(findTokenFlaws(token, 'vault', now)).toEqual([
    'its audience is not vault: mount a projected token with audience: vault',
  ])
})

test('an expired token is recognised', () => {
  const token = read({ ...claims, exp: seconds - 30 })
  expect(describeToken(token, now)).toContain('expired 2025-12-31T23:59:30.000Z (30 s ago)')
  expect(findTokenFlaws(token, 'vault', now)).toHaveLength(1)
})

test.each([
  ['missing', '/nowhere/token', /cannot be read/],
  ['empty', tokenFile('\n'), /is empty/],
  ['something else', tokenFile('s.CANARY'), /three parts of a JWT/],
  ['not decodable', tokenFile('a.CANARY.c'), /cannot be decoded/],
])('a token file that is %s is refused, unquoted', (_what, path, reason) => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    expect(() => readServiceAccountToken(path)).toThrow(reason)
    expect(() => readServiceAccountToken(path)).not.toThrow(/CANARY/)
  } finally {
    out.mockRestore()
  }
})
