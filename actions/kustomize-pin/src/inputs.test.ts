import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readPinInputs } from './inputs.ts'

const image = (digit: string): string => `registry.internal:5000/dev/app@sha256:${digit.repeat(64)}`

const defaults = {
  repository: 'https://git.internal/platform/deployments.git',
  branch: 'main',
  pins: `dev ${image('a')}`,
  mode: 'push',
  username: 'git',
  attempts: '20',
  'author-name': 'tierseal',
  'author-email': 'tierseal@localhost',
  'signing-directory': '/dev/shm',
  'timeout-seconds': '300',
}

beforeEach(() => {
  for (const name of ['GITHUB_REPOSITORY', 'GITHUB_SHA', 'GITHUB_RUN_ID']) vi.stubEnv(name, '')
  for (const [name, value] of Object.entries(defaults)) given(name, value)
})
afterEach(() => vi.unstubAllEnvs())

function given(name: string, value: string): void {
  vi.stubEnv(`INPUT_${name.toUpperCase()}`, value)
}

test('reads where the pins go, and with what', () => {
  given('token', 'canary-token')
  expect(readPinInputs()).toMatchObject({
    remote: { url: defaults.repository, username: 'git', token: 'canary-token' },
    pins: [{ overlay: 'dev', image: 'registry.internal:5000/dev/app' }],
    author: { name: 'tierseal', email: 'tierseal@localhost' },
    sourceRemote: undefined,
    signingKey: undefined,
  })
})

test('takes from the runner what the workflow does not say', () => {
  vi.stubEnv('GITHUB_SERVER_URL', 'https://git.internal')
  vi.stubEnv('GITHUB_REPOSITORY', 'team/payments')
  vi.stubEnv('GITHUB_RUN_ID', '17')
  expect(readPinInputs().origin).toMatchObject({
    sourceRepository: 'team/payments',
    runUrl: 'https://git.internal/team/payments/actions/runs/17',
  })
  given('run-url', 'https://elsewhere.internal/1')
  expect(readPinInputs().origin.runUrl).toBe('https://elsewhere.internal/1')
})

test('reports bad single inputs and bad combinations of good ones in one run', () => {
  given('mode', 'merge')
  given('repository', 'http://git.internal/platform/deployments.git')
  given('source-url', 'ssh://git.internal/team/payments.git')
  given('pins', `dev ${image('a')}\ndev ${image('b')}`)
  given('rollback', 'true')
  given('signing-passphrase', 'canary passphrase')
  const expected = [
    'input mode: "merge" is neither push nor pull-request',
    'registry.internal:5000/dev/app is pinned twice in dev',
    'input repository is not usable: it is plain HTTP, which plain-http: true would have to allow',
    'input source-url is not usable: its scheme is ssh, not https',
    'rollback: true needs a rollback-reason',
    'signing-passphrase is set, and signing-key is empty',
  ]
  expect(readPinInputs).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expected.join('\n') }),
  )
})

test('names the author that cannot stand in a commit beside the run that cannot', () => {
  vi.stubEnv('GITHUB_SERVER_URL', 'https://git.internal\nImage: forged')
  vi.stubEnv('GITHUB_REPOSITORY', 'team/payments')
  vi.stubEnv('GITHUB_RUN_ID', '17')
  given('author-name', 'a <b>')
  expect(readPinInputs).toThrow(/^input run-url: .*U\+000a\ninput author-name: .*holds < or >$/)
})

test('refuses nothing to pin, as an empty output of an earlier step asks for', () => {
  given('pins', ' \n')
  expect(readPinInputs).toThrow(expect.objectContaining({ code: 'INPUT_MISSING' }))
})

test.each([
  ['signing-passphrase', 'signing-key', 'the commit would not be signed'],
  ['source-token', 'source-url', 'Give both'],
])('refuses %s without %s: what it is for would silently not happen', (set, empty, why) => {
  given(set, 'canary value')
  expect(readPinInputs).toThrow(
    expect.objectContaining({
      code: 'INPUT_INVALID',
      message: `${set} is set, and ${empty} is empty`,
      hint: expect.stringContaining(why),
    }),
  )
})
