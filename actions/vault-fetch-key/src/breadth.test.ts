import { expect, test } from 'vitest'
import { expectedBreadth } from './breadth.ts'

const inputs = {
  kvMount: 'cosign',
  kvVersion: 2,
  secretPath: 'tiers/dev',
  publicPath: 'public/dev',
  siblingPaths: ['tiers/prod'],
  transitMount: 'transit',
  transitKey: 'dev',
  handover: 'wrapped',
} as const

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
const lastOf = (path: string): string => path.split('/').at(-1) ?? ''

test('a KV token may read the two paths of its tier and revoke itself', () => {
  expect([...expectedBreadth(inputs).allowed]).toEqual([
    ['cosign/data/tiers/dev', 'read'],
    ['auth/token/revoke-self', 'update'],
    ['cosign/data/public/dev', 'read'],
  ])
})

test('it may do nothing with siblings, unknown siblings, history, policies and other tokens', () => {
  const { denied } = expectedBreadth(inputs)
  expect(denied).toEqual([
    'cosign/data/tiers/prod',
    expect.stringMatching(/^cosign\/data\/tiers\/[0-9a-f-]{36}$/),
    expect.stringMatching(/^cosign\/data\/[0-9a-f-]{36}$/),
    'cosign/metadata/tiers/dev',
    expect.stringMatching(/^sys\/policies\/acl\/[0-9a-f-]{36}$/),
    'auth/token/create',
    expect.stringMatching(/^cosign\/[0-9a-f-]{36}$/),
  ])
})

test('the unknown paths are others in every run', () => {
  const [first, second] = [expectedBreadth(inputs), expectedBreadth(inputs)]
  expect(lastOf(first.denied[1] ?? '')).toEqual(uuid)
  expect(first.denied[1]).not.toBe(second.denied[1])
})

test('KV version 1 has no data/ and no history', () => {
  const { allowed, denied } = expectedBreadth({ ...inputs, kvVersion: 1 })
  expect(allowed.get('cosign/tiers/dev')).toBe('read')
  expect(denied.join('\n')).not.toContain('/data/')
  expect(denied.join('\n')).not.toContain('/metadata/')
})

test('a transit token may sign with its own key and read its public part, and not export it', () => {
  const { allowed, denied } = expectedBreadth({
    ...inputs,
    handover: 'transit',
    siblingPaths: ['prod'],
  })
  expect([...allowed].slice(0, 2)).toEqual([
    ['transit/keys/dev', 'read'],
    ['transit/sign/dev/sha2-256', 'update'],
  ])
  expect(denied).toEqual(
    expect.arrayContaining([
      'transit/export/signing-key/dev',
      'transit/keys/prod',
      'transit/sign/prod/sha2-256',
    ]),
  )
})
