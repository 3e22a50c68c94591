import { KnownError } from '@tierseal/errors'
import { expect, test } from 'vitest'
import { explainSpent } from './explain-spent.ts'

const denied = new KnownError('VAULT_DENIED', 'the token may not do this', { hint: 'policies' })

test('a token that counts its requests is told as spent', () => {
  expect(explainSpent(denied, { uses: 4, ttlSeconds: 300 })).toMatchObject({
    code: 'VAULT_TOKEN_USES',
    message: expect.stringContaining('for 4 requests'),
  })
})

test('one that does not is told by its life, and not by policies that were proven', () => {
  expect(explainSpent(denied, { uses: 0, ttlSeconds: 60 })).toMatchObject({
    code: 'VAULT_DENIED',
    message: expect.stringContaining('the token lives for 60 s'),
    hint: expect.stringContaining('token_ttl'),
  })
})

test.each([[new KnownError('VAULT_SEALED', 'sealed')], [new Error('a bug')]])(
  '%s has nothing to do with the token',
  (error) => {
    expect(explainSpent(error, { uses: 4, ttlSeconds: 300 })).toBe(error)
  },
)
