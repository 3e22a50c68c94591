import { afterEach, expect, test, vi } from 'vitest'
import { readSignInputs } from './inputs.ts'

const digest = `sha256:${'a'.repeat(64)}`
const image = `registry.internal:5000/dev/app@${digest}`
const other = `registry.internal:5000/dev/other@${digest}`
const defaults = {
  key: 'env://TIER_KEY',
  recursive: 'false',
  'plain-http': 'false',
  'timeout-seconds': '120',
}

afterEach(() => {
  vi.unstubAllEnvs()
})

function read(inputs: Readonly<Record<string, string>>): ReturnType<typeof readSignInputs> {
  vi.stubEnv('TIER_KEY', 'a key')
  for (const [name, value] of Object.entries({ ...defaults, ...inputs })) {
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value)
  }
  return readSignInputs()
}

test('reads one or many images, and none twice', () => {
  expect(read({ image }).images.map(({ text }) => text)).toEqual([image])
  vi.unstubAllEnvs()
  const { images } = read({ image, images: `${other}\n  ${image}\n\n` })
  expect(images.map(({ text }) => text)).toEqual([image, other])
})

test.each([
  ['a tag', 'registry.internal:5000/dev/app:v1', 'REFERENCE_IS_TAG', /names no digest/],
  ['an empty digest', 'registry.internal:5000/dev/app@', 'DIGEST_EMPTY', /it is empty/],
  [
    'a cut digest',
    'registry.internal:5000/dev/app@sha256:abc',
    'DIGEST_TRUNCATED',
    /instead of 64/,
  ],
  ['a name without a registry', `app@${digest}`, 'REFERENCE_INVALID', /no registry host/],
])('refuses %s with its true cause', (_, text, code, cause) => {
  const reading = (): unknown => read({ image: text })
  expect(reading).toThrow(expect.objectContaining({ code, message: expect.stringMatching(cause) }))
})

test('refuses to sign nothing, as an empty output of an earlier step asks for', () => {
  expect(() => read({ image: '' })).toThrow(expect.objectContaining({ code: 'SIGN_NO_IMAGE' }))
})

test('refuses two annotations of one name, of which cosign would keep the last', () => {
  const annotations = 'tier=a\nnote=x\ntier=b'
  expect(() => read({ image, annotations })).toThrow(
    expect.objectContaining({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/tier twice/),
    }),
  )
})

test('refuses an empty key instead of signing without one', () => {
  expect(() => read({ image, key: '' })).toThrow(expect.objectContaining({ code: 'INPUT_MISSING' }))
})

test('reports every problem at once', () => {
  const reading = (): unknown =>
    read({ image: 'app', format: 'sig', annotations: 'tier', 'timeout-seconds': '0' })
  expect(reading).toThrow(
    /input image: [\s\S]*input format: [\s\S]*input annotations: [\s\S]*input timeout-seconds: /,
  )
})

test.each([
  ['half a pair', { 'registry-username': 'bot' }, /registry-username is set and registry-password/],
  [
    'one pair for two registries',
    {
      images: `other.internal/dev/app@${digest}`,
      'registry-username': 'bot',
      'registry-password': 'canary-password',
    },
    /cannot be for several registries: registry\.internal:5000, other\.internal/,
  ],
])('refuses %s of credentials among the other problems', (_what, inputs, message) => {
  expect(() => read({ image, format: 'sig', ...inputs })).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/input format: /) }),
  )
  expect(() => read({ image, format: '', ...inputs })).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringMatching(message) }),
  )
  expect(() => read({ image, format: 'sig', ...inputs })).toThrow(message)
})

test.each([
  ['registry-client-certificate', 'registry-client-key'],
  ['registry-client-key', 'registry-client-certificate'],
])('refuses %s without %s', (set, empty) => {
  expect(() => read({ image, [set]: '/c/file.pem' })).toThrow(
    expect.objectContaining({
      code: 'CLIENT_CERTIFICATE_INVALID',
      message: `${set} is set, and ${empty} is empty`,
    }),
  )
})

test('reports bad single inputs and bad combinations of good ones in one run', () => {
  const inputs = { image: '', format: 'sig', 'registry-client-key': '/c/client.key' }
  expect(() => read(inputs)).toThrow(
    /input format: [\s\S]*image and images are both empty[\s\S]*registry-client-certificate is empty/,
  )
})

test('refuses a CA that is not one, which cosign would ignore without a word', () => {
  expect(() => read({ image, 'registry-ca': '/nowhere/ca.pem' })).toThrow(
    expect.objectContaining({ code: 'CA_INVALID' }),
  )
})

test('refuses a password beside a handle, which brings its own', () => {
  const key = `tierseal:v1:${Buffer.from(JSON.stringify({ kind: 'file', path: '/k', passwordPath: '/p' })).toString('base64url')}`
  expect(() => read({ image, key, password: 'canary' })).toThrow(/the handle brings its own/)
})

test.each([
  ['a tab', 'note=a\tb', 'has a control character'],
  ['a bell', 'note=a\u0007b', 'has a control character'],
  ['a line separator', 'note=a\u2028b', 'has a control character'],
  ['more than a line of an output can hold', `note=${'a'.repeat(40_000)}`, 'has 40005 bytes'],
])(
  'refuses an annotation with %s before anything is signed with it',
  (_what, annotations, flaw) => {
    expect(() => read({ image, annotations })).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(flaw) }),
    )
  },
)

test('refuses annotations that have too much together', () => {
  const annotations = ['a', 'b', 'c'].map((name) => `${name}=${'x'.repeat(12_000)}`).join('\n')
  expect(() => read({ image, annotations })).toThrow(
    expect.objectContaining({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('annotations has 36006 bytes'),
    }),
  )
})
