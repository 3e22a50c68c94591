import { expect, test } from 'vitest'
import { withoutBlockedAttempt } from './plain-http.ts'

// Recorded from cosign 3.1.3.
const said =
  'Error: Get "https://10.20.30.40:5000/v2/": EOF; Get "http://10.20.30.40:5000/v2/": proxyconnect tcp: dial tcp 127.0.0.1:0: connect: connection refused\n'

test('leaves the attempt out that was kept from cosign, and only that', () => {
  expect(withoutBlockedAttempt(said)).toBe('Error: Get "https://10.20.30.40:5000/v2/": EOF\n')
  const other = said.replace('127.0.0.1:0', '10.0.0.9:3128')
  expect(withoutBlockedAttempt(other)).toBe(other)
})
