import { findSecrets, runAction, runPost } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'

const digest = `sha256:${'a'.repeat(64)}`
const inputs = {
  repository: 'https://git.internal/platform/deployments.git',
  pins: `dev registry.internal:5000/dev/app@${digest}`,
  token: 'canary-gitops-token-7P',
}

describe.each([20, 24] as const)('kustomize-pin on Node %i', (node) => {
  test('reports every problem with the inputs at once, and leaves nothing behind', async () => {
    const wrong = {
      ...inputs,
      pins: 'dev registry.internal:5000/dev/app:v1',
      mode: 'merge',
      attempts: 'many',
      branch: '--upload-pack=x',
      'source-revision': 'main',
      'author-name': 'a\nb',
    }
    const result = await runAction('kustomize-pin', { inputs: wrong, node })
    expect(result.exitCode).toBe(1)
    expect(result.annotations).toHaveLength(1)
    for (const name of ['pins', 'mode', 'attempts', 'branch', 'source-revision', 'author-name']) {
      expect(result.log).toContain(`input ${name}: `)
    }
    expect(result.state).toEqual({})
    expect((await runPost(result)).exitCode).toBe(0)
  })
})

test.each([
  ['no pins', { pins: '' }, 'INPUT_MISSING: input pins'],
  ['no repository', { repository: '' }, 'INPUT_MISSING: input repository'],
  ['an empty digest, as a stopped step gives it', { pins: 'dev ' }, 'PIN_LINE_INVALID'],
  [
    'a token in the address',
    { repository: 'https://bot:canary-gitops-token-7P@git.internal/x' },
    'it carries credentials',
  ],
  ['a path as the address', { repository: '/srv/git/x.git' }, 'it is no URL'],
  ['a file URL', { repository: 'file:///srv/git/x.git' }, 'its scheme is file, not https'],
  ['an ssh address', { repository: 'ssh://git.internal/x.git' }, 'its scheme is ssh, not https'],
  ['plain HTTP', { repository: 'http://git.internal/x.git' }, 'it is plain HTTP'],
  ['a rollback without reason', { rollback: 'true' }, 'rollback: true needs a rollback-reason'],
  [
    'a reason without rollback',
    { 'rollback-reason': 'x' },
    'rollback-reason without rollback: true',
  ],
  [
    'a reason that forges a trailer',
    { rollback: 'true', 'rollback-reason': 'x\nImage: y' },
    'PIN_MESSAGE_INVALID',
  ],
  ['a CA that is none', { 'git-ca': '/dev/null' }, 'CA_INVALID'],
  ['a missing kustomize', { 'kustomize-path': '/nonexistent' }, 'TOOL_MISSING'],
])('refuses %s before any work is done', async (_, wrong, message) => {
  const result = await runAction('kustomize-pin', { inputs: { ...inputs, ...wrong } })
  expect(result.exitCode).toBe(1)
  expect(result.maskedLog).toContain(message)
  expect(findSecrets({ log: result.maskedLog }, { token: inputs.token })).toEqual([])
  expect(findSecrets(result.directory, { token: inputs.token })).toEqual([])
  await runPost(result)
})
