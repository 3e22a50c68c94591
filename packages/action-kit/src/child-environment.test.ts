import { afterEach, expect, it, vi } from 'vitest'
import { childEnvironment } from './child-environment.ts'

afterEach(() => vi.unstubAllEnvs())

it('hands on nothing that could configure a tool behind our back', () => {
  vi.stubEnv('COSIGN_UPLOAD', 'false')
  vi.stubEnv('INPUT_REGISTRY-PASSWORD', 'canary')
  vi.stubEnv('ACTIONS_RUNTIME_TOKEN', 'canary')
  vi.stubEnv('HTTPS_PROXY', 'http://proxy')
  const env = childEnvironment({ COSIGN_PASSWORD: '', NOTHING: undefined })
  expect(Object.keys(env).sort()).toEqual(
    ['COSIGN_PASSWORD', 'HOME', 'LC_ALL', 'NO_COLOR', 'PATH', 'TERM', 'TMPDIR', 'USER'].filter(
      (name) => name in env,
    ),
  )
  expect(env['COSIGN_PASSWORD']).toBe('')
})
