import { KnownError } from '@tierseal/errors'
import { expect, test } from 'vitest'
import { explainSpent } from './explain-spent.ts'

const denied = new KnownError('VAULT_DENIED', 'the token may not do this', { hint: 'policies' })

test('a token that counts its requests is told as spent', () => {
  expect(explainSpent(denied, { uses: 4, ttlSeconds: 300 }, 5)).toMatchObject({
    code: 'VAULT_TOKEN_USES',
    message: expect.stringContaining('for 4 requests'),
  })
})

test.each([
  [0, 'the token lives for 60 s, or'],
  [9, 'the token lives for 60 s and 9 requests, or'],
])('one of %i uses is told by its life, and not by policies that were proven', (uses, life) => {
  expect(explainSpent(denied, { uses, ttlSeconds: 60 }, 5)).toMatchObject({
    code: 'VAULT_DENIED',
    message: expect.stringContaining(life),
    hint: expect.stringContaining('token_ttl'),
  })
})

test.each([[new KnownError('VAULT_SEALED', 'sealed')], [new Error('a bug')]])(
  '%s has nothing to do with the token',
  (error) => {
    expect(explainSpent(error, { uses: 4, ttlSeconds: 300 }, 5)).toBe(error)
  },
)
