import { KnownError } from '@tierseal/errors'
import { expect, test } from 'vitest'
import { parseCosignVersion } from './version.ts'

const printed = (gitVersion: string): string => JSON.stringify({ gitVersion, platform: 'linux' })

test.each([
  ['v2.6.0', 2],
  ['v2.6.5', 2],
  ['v3.0.3', 3],
  ['v3.1.3', 3],
  ['3.2.0', 3],
])('accepts cosign %s', (version, major) => {
  expect(parseCosignVersion(printed(version))).toEqual({ text: version, major })
})

test.each([
  ['v2.5.3', /older than 2\.6/],
  ['v1.13.6', /only 2\.6 and 3/],
  ['v3.0.0', /publishes to the public log/],
  ['v3.0.1', /publishes to the public log/],
  ['v3.0.2', /publishes to the public log/],
  ['v4.0.0', /only 2\.6 and 3/],
  ['devel', /only 2\.6 and 3/],
])('refuses cosign %s before anything is signed', (version, reason) => {
  expect(() => parseCosignVersion(printed(version))).toThrow(reason)
})

test('refuses a program that is no cosign', () => {
  expect(() => parseCosignVersion('usage: cosign')).toThrow(KnownError)
})
