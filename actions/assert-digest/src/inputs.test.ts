import { afterEach, expect, test, vi } from 'vitest'
import { readAssertInputs } from './inputs.ts'

const defaults = {
  image: 'registry.internal:5000/dev/app',
  'newer-than': 'job',
  digest: `sha256:${'a'.repeat(64)}`,
  'timeout-seconds': '30',
}

afterEach(() => {
  vi.unstubAllEnvs()
})

function read(inputs: Readonly<Record<string, string>>): ReturnType<typeof readAssertInputs> {
  for (const [name, value] of Object.entries({ ...defaults, ...inputs })) {
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value)
  }
  return readAssertInputs()
}

test('reads several images', () => {
  const image = 'registry.internal:5000/dev/app:1\nregistry.internal:5000/dev/other\n'
  expect(read({ image }).images).toHaveLength(2)
})

test.each([
  ['registry-client-certificate', 'registry-client-key'],
  ['registry-client-key', 'registry-client-certificate'],
])('refuses %s without %s', (set, empty) => {
  expect(() => read({ [set]: '/c/file.pem' })).toThrow(
    expect.objectContaining({
      code: 'CLIENT_CERTIFICATE_INVALID',
      message: `${set} is set, and ${empty} is empty`,
    }),
  )
})

test('reports every problem in one run: single inputs, files and combinations', () => {
  const inputs = {
    image: 'one.internal/dev/app\ntwo.internal/dev/app',
    digest: 'sha256:abc',
    'digest-file': '/nowhere/digest',
    'registry-username': 'bot',
    'registry-password': 'canary',
    'registry-client-key': '/c/k',
    'timeout-seconds': '0',
    'plain-http': 'y',
  }
  const reported = [
    'input digest: "sha256:abc" is not a digest',
    'input plain-http: ',
    'input timeout-seconds: ',
    'digest file /nowhere/digest does not exist',
    'cannot be for several registries: one.internal, two.internal',
    'registry-client-certificate is empty',
  ]
  expect(() => read(inputs)).toThrow(new RegExp(reported.join('[\\s\\S]*')))
})

test('reports a missing image, half a pair and a bad newer-than in one run', () => {
  const inputs = { image: '', 'registry-username': 'bot', 'newer-than': 'yesterday' }
  expect(() => read(inputs)).toThrow(
    /input newer-than: "yesterday" is neither[\s\S]*input image: it is required[\s\S]*registry-password is empty/,
  )
})

test.each([
  ['', 'DIGEST_EMPTY'],
  ['\n', 'DIGEST_WHITE_SPACE'],
  [` sha256:${'a'.repeat(64)}`, 'DIGEST_WHITE_SPACE'],
  [`sha256:${'a'.repeat(64)}\n`, 'DIGEST_WHITE_SPACE'],
  [`sha256:${'a'.repeat(63)}`, 'DIGEST_TRUNCATED'],
  [`sha256:${'A'.repeat(64)}`, 'DIGEST_UPPER_CASE'],
])('takes the input digest to the letter: %j is %s', (digest, code) => {
  expect(() => read({ digest })).toThrow(expect.objectContaining({ code }))
})

test.each([
  ['', 'DIGEST_EMPTY'],
  ['sha256:abc', 'DIGEST_TRUNCATED'],
  [`sha512:${'a'.repeat(128)}`, 'DIGEST_ALGORITHM'],
  [`sha256:${'A'.repeat(64)}`, 'DIGEST_UPPER_CASE'],
])('takes the digest behind an image to the letter too: %j is %s', (digest, code) => {
  const image = `registry.internal:5000/dev/app@${digest}`
  expect(() => read({ image, digest: '' })).toThrow(expect.objectContaining({ code }))
})

test('needs no digest input where every image names its own', () => {
  const image = `registry.internal:5000/dev/app@sha256:${'b'.repeat(64)}`
  expect(read({ image, digest: '' }).images.map(({ digest }) => digest)).toEqual([
    `sha256:${'b'.repeat(64)}`,
  ])
})
