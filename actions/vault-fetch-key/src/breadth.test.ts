import { describe, expect, test } from 'vitest'
import { expectedBreadth } from './breadth.ts'

const inputs = {
  kvMount: 'cosign',
  kvVersion: 2,
  secretPath: 'tiers/dev',
  publicPath: 'public/dev',
  siblings: { transitKeys: [], secretPaths: ['tiers/prod'] },
  transitMount: 'transit',
  transitKey: undefined,
  handover: 'wrapped',
} as const

const transit = {
  ...inputs,
  handover: 'transit',
  secretPath: undefined,
  transitKey: 'dev',
  siblings: { transitKeys: ['prod'], secretPaths: [] },
} as const

const uuid = '[0-9a-f]{8}-[0-9a-f-]{27}'
const shaped = (pattern: string): unknown =>
  expect.stringMatching(new RegExp(`^${pattern.replace('*', uuid)}$`))

describe('a KV token', () => {
  test('may read the two paths of its tier and revoke itself', () => {
    expect([...expectedBreadth(inputs).allowed]).toEqual([
      ['cosign/data/tiers/dev', 'read'],
      ['cosign/data/public/dev', 'read'],
      ['auth/token/revoke-self', 'update'],
    ])
  })

  test.each([
    ['siblings', 'cosign/data/tiers/prod'],
    ['unknown siblings', 'cosign/data/tiers/*'],
    ['other secrets', 'cosign/data/*'],
    ['the whole mount', 'cosign/*'],
    ['the history of its key', 'cosign/metadata/tiers/dev'],
    ['the deletion of its key', 'cosign/destroy/tiers/dev'],
    ['the history of siblings', 'cosign/metadata/tiers/prod'],
    ['secrets whose path begins as its own', 'cosign/data/tiers/dev-*'],
    ['secrets below its own', 'cosign/data/tiers/dev/*'],
    ['secrets of its name elsewhere', 'cosign/data/*/dev'],
    ['the history of those', 'cosign/metadata/tiers/dev-*'],
    ['public keys whose path begins as its own', 'cosign/data/public/dev-*'],
    ['public keys of others', 'cosign/data/public/*'],
    ['policies', 'sys/policies/acl/*'],
    ['other tokens', 'auth/token/create'],
    ['tokens without a parent', 'auth/token/create-orphan'],
    ['a key in the transit engine', 'transit/sign/*'],
  ])('may do nothing with %s', (_what, path) => {
    expect(expectedBreadth(inputs).denied).toContainEqual(shaped(path))
  })

  test('of KV version 1 has no data/ and no history', () => {
    const { allowed, denied } = expectedBreadth({ ...inputs, kvVersion: 1 })
    expect(allowed.get('cosign/tiers/dev')).toBe('read')
    expect(denied.join('\n')).not.toContain('/data/')
    expect(denied.join('\n')).not.toContain('/metadata/')
    expect(denied).toContainEqual(shaped('cosign/tiers/dev-*'))
  })
})

describe('a transit token', () => {
  test('may read the public part of its key, sign with it, and revoke itself', () => {
    expect([...expectedBreadth(transit).allowed]).toEqual([
      ['transit/keys/dev', 'read'],
      ['transit/sign/dev/sha2-256', 'update'],
      ['cosign/data/public/dev', 'read'],
      ['auth/token/revoke-self', 'update'],
    ])
  })

  test.each([
    ['the secret of its key', 'transit/export/signing-key/dev'],
    ['a version of that', 'transit/export/signing-key/dev/latest'],
    ['the first version of that', 'transit/export/signing-key/dev/1'],
    ['a backup of its key', 'transit/backup/dev'],
    ['its key, wrapped for another', 'transit/byok-export/*/dev'],
    ['what may be done with its key', 'transit/keys/dev/config'],
    ['the versions of its key', 'transit/keys/dev/rotate'],
    ['a sibling', 'transit/keys/prod'],
    ['the signatures of a sibling', 'transit/sign/prod'],
    ['those by another hash', 'transit/sign/prod/sha2-512'],
    ['the secret of a sibling', 'transit/export/signing-key/prod'],
    ['unknown siblings', 'transit/sign/*/sha2-256'],
    ['unknown siblings, without the hash', 'transit/sign/*'],
    ['a key whose name begins as its own', 'transit/keys/dev-*'],
    ['the signatures of that', 'transit/sign/dev-*/sha2-256'],
    ['the secret of that', 'transit/export/signing-key/dev-*'],
    ['keys that other tiers have in KV', 'cosign/data/tiers/*'],
    ['one there whose path begins as its own would', 'cosign/data/tiers/dev-*'],
  ])('may do nothing with %s', (_what, path) => {
    expect(expectedBreadth(transit).denied).toContainEqual(shaped(path))
  })

  test('may do nothing with the secret of a sibling either', () => {
    const siblings = { transitKeys: [], secretPaths: ['tiers/staging'] }
    const { denied } = expectedBreadth({ ...transit, siblings })
    expect(denied).toContain('cosign/data/tiers/staging')
  })
})

test('the unknown paths are others in every run', () => {
  const unknown = (): readonly string[] =>
    expectedBreadth(inputs).denied.filter((path) => new RegExp(uuid).test(path))
  const [first, second] = [unknown(), unknown()]
  expect(first.length).toBe(second.length)
  expect(first.filter((path) => second.includes(path))).toEqual([])
})
