import { afterEach, expect, test, vi } from 'vitest'
import { offlineEnvironment, onlineEnvironment } from './git-environment.ts'

afterEach(() => vi.unstubAllEnvs())

const remote = {
  url: 'https://git.internal/a/b.git',
  username: 'bot',
  token: 'canary-1',
  caPath: '/ca.pem',
}

function settingsOf(env: Record<string, string>): Record<string, string> {
  const count = Number(env['GIT_CONFIG_COUNT'])
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      env[`GIT_CONFIG_KEY_${index}`] ?? '',
      env[`GIT_CONFIG_VALUE_${index}`] ?? '',
    ]),
  )
}

test('the token is a header for this one address, and nowhere else', () => {
  const env = onlineEnvironment('/home', remote)
  const header = `Authorization: Basic ${Buffer.from('bot:canary-1').toString('base64')}`
  expect(settingsOf(env)).toMatchObject({
    'http.https://git.internal/a/b.git.extraHeader': header,
    'http.sslCAInfo': '/ca.pem',
    'http.followRedirects': 'false',
    'core.hooksPath': '/dev/null',
  })
  expect(env['GIT_ALLOW_PROTOCOL']).toBe('https')
})

test('a push waits for a silent server, everything else gives it up', () => {
  const silence = 'http.lowSpeedTime'
  expect(settingsOf(onlineEnvironment('/home', remote))).toHaveProperty([silence], '30')
  expect(settingsOf(onlineEnvironment('/home', remote, 'long'))).not.toHaveProperty([silence])
})

test('a command that stays here has no token and no protocol', () => {
  const env = offlineEnvironment('/home')
  expect(JSON.stringify(settingsOf(env))).not.toContain('Authorization')
  expect(env['GIT_ALLOW_PROTOCOL']).toBe('none')
})

test('nothing of the surroundings configures git', () => {
  for (const name of [
    'GIT_SSH_COMMAND',
    'GIT_DIR',
    'GIT_TRACE',
    'https_proxy',
    'GIT_EXEC_PATH',
    'GIT_SSL_NO_VERIFY',
  ])
    vi.stubEnv(name, 'evil')
  const env = onlineEnvironment('/home', remote)
  expect(Object.values(env)).not.toContain('evil')
  expect(env).toMatchObject({
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    HOME: '/home',
    LC_ALL: 'C',
  })
})
