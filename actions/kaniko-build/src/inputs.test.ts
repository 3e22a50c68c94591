import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { temporaryDirectory } from '@tierseal/test-kit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readBuildInputs } from './inputs.ts'

const defaults = {
  engine: 'kaniko',
  executor: 'sandbox',
  context: '.',
  dockerfile: 'Dockerfile',
  verbosity: 'info',
  'kaniko-path': '/kaniko/executor',
  'timeout-seconds': '60',
  destination: 'r.internal:5000/app:1',
}

beforeEach(() => {
  for (const [name, value] of Object.entries(defaults)) given(name, value)
})
afterEach(() => vi.unstubAllEnvs())

function given(name: string, value: string): void {
  vi.stubEnv(`INPUT_${name.toUpperCase()}`, value)
}

test('reads several destinations', () => {
  given('destination', 'r.internal:5000/app:1\n\n r.internal:5000/app:2 ')
  expect(readBuildInputs().destinations.map(({ text }) => text)).toEqual([
    'r.internal:5000/app:1',
    'r.internal:5000/app:2',
  ])
})

test.each(['r.internal/app', `r.internal/app@sha256:${'a'.repeat(64)}`, 'app:1', 'R/app:1'])(
  'refuses the destination %s',
  (destination) => {
    given('destination', destination)
    expect(readBuildInputs).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }))
  },
)

test('reports every problem at once', () => {
  given('destination', '')
  given('engine', 'docker')
  given('build-args', 'NAME')
  given('reproducible', 'yes')
  given('registry-mirrors', 'nonsense')
  const failure = expect.objectContaining({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(
      /engine[\s\S]*destination[\s\S]*build-args[\s\S]*reproducible[\s\S]*registry-mirrors/,
    ),
  })
  expect(readBuildInputs).toThrow(failure)
})

test('reports bad single fields and bad combinations of good ones in one run', () => {
  vi.stubEnv('NPM_TOKEN', 'hunter2-hunter2')
  given('verbosity', 'loud')
  given('registry-client-key', '/c/client.key')
  given('registry-username', 'bot')
  given('secret-envs', 'npm=NPM_TOKEN\nnpm=NPM_TOKEN')
  given('extra-args', '--no-push')
  given('registry-mirrors', 'nonsense\nmore nonsense')
  given('executor', 'kubernetes')
  given('registry-ca', rootCertificates[0] ?? '')
  const problems = [
    'input verbosity: "loud"',
    'input registry-mirrors: "nonsense"',
    'input registry-mirrors: "more nonsense"',
    'registry-client-key is set, and registry-client-certificate is empty',
    'registry-username is set and registry-password is empty',
    'the build secret npm is given twice',
    '--no-push is refused',
    'input kubernetes-image: it is empty',
    'input kubernetes-ca: it is empty, and registry-ca is set',
    'secret-files and secret-envs do not reach a pod',
  ]
  for (const problem of problems) expect(readBuildInputs).toThrow(problem)
})

test('refuses half a client certificate with its own code', () => {
  given('registry-client-certificate', '/c/client.crt')
  expect(readBuildInputs).toThrow(
    expect.objectContaining({
      code: 'CLIENT_CERTIFICATE_INVALID',
      message: 'registry-client-certificate is set, and registry-client-key is empty',
    }),
  )
})

test('refuses every dangerous extra argument at once, by name', () => {
  given('extra-args', '--no-push\n--single-snapshot\n--insecure')
  expect(readBuildInputs).toThrow(/--no-push[\s\S]*--insecure/)
})

test('reads a build secret from the environment and refuses one that is not set', () => {
  vi.stubEnv('NPM_TOKEN', 'hunter2-hunter2')
  given('secret-envs', 'npm=NPM_TOKEN')
  expect(readBuildInputs().secrets.map(({ id }) => id)).toEqual(['npm'])
  given('secret-envs', 'npm=ABSENT_TOKEN')
  expect(readBuildInputs).toThrow('ABSENT_TOKEN is not set')
})

test('refuses one build secret given twice', () => {
  vi.stubEnv('NPM_TOKEN', 'hunter2-hunter2')
  given('secret-envs', 'npm=NPM_TOKEN\nnpm=NPM_TOKEN')
  expect(readBuildInputs).toThrow('given twice')
})

test('refuses a pod for buildah, and an image of the pod by tag', () => {
  given('executor', 'kubernetes')
  given('engine', 'buildah')
  given('kubernetes-image', 'r.internal:5000/platform/kaniko:1')
  expect(readBuildInputs).toThrow(/kubernetes-image: .*names no digest[\s\S]*has no executor/)
})

test('refuses one account for the registries of several destinations', () => {
  given('destination', 'r.internal:5000/app:1\nother.internal:5000/app:1')
  given('registry-username', 'bot')
  given('registry-password', 'hunter2-hunter2')
  expect(readBuildInputs).toThrow('several registries: r.internal:5000, other.internal:5000')
})

test('refuses a cache repository that is that of a destination', () => {
  given('destination', 'r.internal:5000/other:1\nr.internal:5000/app:1')
  given('cache-repository', 'r.internal:5000/app')
  expect(readBuildInputs).toThrow('cache-repository r.internal:5000/app is the repository of a')
  given('cache-repository', 'r.internal:5000/app/cache')
  expect(readBuildInputs().cacheRepository).toBe('r.internal:5000/app/cache')
})

test('a step that is refused for its inputs leaves no digest of an earlier build', () => {
  const path = join(temporaryDirectory('digest'), 'digest')
  writeFileSync(path, `sha256:${'a'.repeat(64)}`)
  given('digest-file', path)
  given('verbosity', 'loud')
  expect(readBuildInputs).toThrow('verbosity')
  expect(existsSync(path)).toBe(false)
})

test('reports a digest file that cannot be written beside the other problems', () => {
  given('digest-file', temporaryDirectory('digest'))
  given('verbosity', 'loud')
  expect(readBuildInputs).toThrow(/verbosity[\s\S]*digest-file/)
})

test.each(['kaniko', 'buildah'])('%s: refuses settings of pods where none is made', (engine) => {
  given('engine', engine)
  given('kubernetes-namespace', 'builds')
  given('kubernetes-secrets', 'token=build/token')
  expect(readBuildInputs).toThrow(
    'kubernetes-namespace, kubernetes-secrets: executor sandbox has no use for them',
  )
})

test('refuses an executor for buildah, which has none', () => {
  given('engine', 'buildah')
  for (const executor of ['in-place', 'kubernetes']) {
    given('executor', executor)
    expect(readBuildInputs).toThrow(`engine buildah has no executor ${executor}`)
  }
})

test.each([
  ['kubernetes-resources', 'limits.memory=1Gi\nlimits.memory=2Gi', 'limits.memory'],
  ['kubernetes-node-selector', 'pool=a\npool=b', 'pool'],
  ['kubernetes-secrets', 'npm=a/token\nnpm=b/token', 'npm'],
])('refuses two lines of %s for one thing, of which one would go unheard', (name, value, what) => {
  given('executor', 'kubernetes')
  given('kubernetes-image', `r.internal:5000/kaniko@sha256:${'a'.repeat(64)}`)
  given(name, value)
  expect(readBuildInputs).toThrow(`${name}: ${what} is given twice`)
})
