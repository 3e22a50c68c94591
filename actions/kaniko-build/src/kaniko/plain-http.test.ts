import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { proxyOfNobody } from '@tierseal/action-kit'
import { diagnose } from '@tierseal/diagnosis'
import { expect, test } from 'vitest'
import { plainHttpGuard, plainHttpHosts } from './plain-http.ts'

test.each([
  [
    'ADD http://files.internal/a /a\nADD http://10.0.0.1:8080/b /b',
    ['files.internal:80', '10.0.0.1:8080'],
  ],
  ['ADD --checksum=sha256:0 http://user:word@files.internal/a /a', ['files.internal:80']],
  ['ADD https://files.internal/a /a', []],
  ['ADD http://$' + '{HOST}.internal/a /a', []],
  ['ADD http://files.$' + '{DOMAIN}/a /a', []],
])('of %j the hosts of plain HTTP are %j', (text, hosts) => {
  expect(plainHttpHosts(text)).toEqual(hosts)
})

const access = {
  ca: undefined,
  clientCertificate: undefined,
  hosts: [],
  plainHttp: false,
  skipTlsVerify: false,
  dockerConfig: '{}',
}

test('plain HTTP goes nowhere but where the Dockerfile or a build argument names it', () => {
  const context = mkdtempSync(join(tmpdir(), 'tierseal-plain-http-'))
  writeFileSync(
    join(context, 'Dockerfile'),
    'FROM 10.0.0.1:5000/base\nADD http://a.internal/x /x\n',
  )
  const buildArguments = [{ name: 'FILES', value: 'http://b.internal:8080' }]
  const request = { context, dockerfile: 'Dockerfile', buildArguments, access }
  expect(plainHttpGuard(request)).toEqual({
    HTTP_PROXY: proxyOfNobody,
    NO_PROXY: 'a.internal:80,b.internal:8080',
  })
  expect(plainHttpGuard({ ...request, access: { ...access, plainHttp: true } })).toEqual({})
  expect(plainHttpGuard({ ...request, context: '/nowhere' }, { dockerfileHere: false })).toEqual({
    HTTP_PROXY: proxyOfNobody,
    NO_PROXY: 'b.internal:8080',
  })
})

test('what kaniko says of it is told as what it is', () => {
  const host = new URL(proxyOfNobody).host
  const stderr = `error checking push permissions: Get "http://10.0.0.1:5000/v2/": proxyconnect tcp: dial tcp ${host}: connect: connection refused`
  const failure = { exitCode: 1, stdout: '', stderr }
  expect(diagnose('kaniko', failure, 'BUILD_FAILED').code).toBe('TLS_FAILED')
})
