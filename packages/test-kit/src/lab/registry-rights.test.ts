import { describe, expect, it } from 'vitest'
import { accessOf, type Right } from './registry-rights.ts'

const builder: readonly Right[] = [
  { path: 'dev/', actions: ['pull', 'push'] },
  { path: 'platform/', actions: ['pull'] },
]

describe('an account with rights on two paths', () => {
  it.each([
    ['repository:dev/shop:pull,push', ['pull', 'push']],
    ['repository:dev/shop:pull', ['pull']],
    ['repository:platform/base:pull,push', ['pull']],
  ])('gets of %s what it may', (scope, actions) => {
    expect(accessOf([scope], builder)).toMatchObject([{ actions }])
  })

  it.each([
    'repository:prod/shop:pull,push',
    'repository:development/shop:push',
    'repository:dev:push',
    'repository:platform/base:push,delete',
    'registry:catalog:*',
  ])('gets nothing of %s', (scope) => {
    expect(accessOf([scope], builder)).toEqual([])
  })

  it('gets of several scopes those that it may', () => {
    const scopes = ['repository:dev/shop:push', 'repository:prod/shop:pull']
    expect(accessOf(scopes, builder).map(({ name }) => name)).toEqual(['dev/shop'])
  })
})
