import { diagnose } from '@tierseal/diagnosis'
import { expect, test } from 'vitest'
import { noPlainHttp, withoutBlockedAttempt } from './plain-http.ts'

// Recorded from cosign 2.6.5 and 3.1.3.
const blocked = `Get "http://10.20.30.40:5000/v2/": proxyconnect tcp: dial tcp ${new URL(noPlainHttp.HTTP_PROXY).host}: connect: connection refused`
const said = `Error: Get "https://10.20.30.40:5000/v2/": EOF; ${blocked}\n`

test('leaves the attempt out that was kept from cosign, and only that', () => {
  expect(withoutBlockedAttempt(said)).toBe('Error: Get "https://10.20.30.40:5000/v2/": EOF\n')
  const other = said.replace('127.0.0.1:0', '10.0.0.9:3128')
  expect(withoutBlockedAttempt(other)).toBe(other)
})

test('where that is all, its cause is told', () => {
  const failure = { exitCode: 1, stdout: '', stderr: withoutBlockedAttempt(`Error: ${blocked}\n`) }
  expect(diagnose('cosign', failure, 'SIGN_FAILED').code).toBe('REGISTRY_PROTOCOL')
})
