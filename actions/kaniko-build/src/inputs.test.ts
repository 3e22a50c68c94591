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
