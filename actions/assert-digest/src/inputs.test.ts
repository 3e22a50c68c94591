import { afterEach, expect, test, vi } from 'vitest'
import { readAssertInputs } from './inputs.ts'

const defaults = {
  image: 'registry.internal:5000/dev/app',
  'newer-than': 'none',
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

test('reports bad single inputs, no image and half a client certificate in one run', () => {
  const inputs = {
    image: '',
    'registry-username': 'bot',
    'registry-client-key': '/c/k',
    'timeout-seconds': '0',
    'plain-http': 'y',
  }
  expect(() => read(inputs)).toThrow(
    /input plain-http: [\s\S]*input timeout-seconds: [\s\S]*input image: it is required[\s\S]*registry-password is empty[\s\S]*registry-client-certificate is empty/,
  )
})
