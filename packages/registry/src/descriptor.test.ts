import { expect, test } from 'vitest'
import { tryPlatform } from './descriptor.ts'

test.each([
  [{ os: 'linux', architecture: 'amd64' }, 'linux/amd64'],
  [{ os: 'linux', architecture: 'arm64', variant: 'v8' }, 'linux/arm64/v8'],
  [{ os: 'unknown', architecture: 'unknown' }, 'unknown/unknown'],
])('reads the platform of %j', (object, platform) => {
  expect(tryPlatform(object)).toBe(platform)
})

test.each([
  [{ os: 'linux' }],
  [{ os: 'linux', architecture: 7 }],
  [{ os: 'linux', architecture: 'amd64\n::add-path::/evil' }],
  [{ os: 'linux,windows', architecture: 'amd64' }],
  [{ os: 'linux', architecture: 'amd64', variant: '##[error]x' }],
  [{ os: 'linux', architecture: 'a'.repeat(65) }],
])('takes %j for no platform: whoever pushes an image writes its config', (object) => {
  expect(tryPlatform(object)).toBeUndefined()
})
