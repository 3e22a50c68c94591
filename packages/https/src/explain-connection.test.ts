import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { freePort, makeCertificateAuthority, temporaryDirectory } from '@tierseal/test-kit'
import { expect, onTestFinished, test } from 'vitest'
import { loadCertificateAuthority } from './certificate-authority.ts'
import { loadOptionalClientCertificate } from './client-certificate.ts'
import { HttpsClient } from './https-client.ts'

const site = makeCertificateAuthority(temporaryDirectory('tls'))
const stranger = makeCertificateAuthority(temporaryDirectory('tls-stranger'))
const server = site.issue('server')
const clients = { own: site.issue('client'), foreign: stranger.issue('foreign') }

type Version = 'TLSv1.2' | 'TLSv1.3'

// With TLS 1.3 the request is under way when the server refuses: its alert or the reset comes first.
function codeOf(code: string, version: Version): RegExp {
  return new RegExp(version === 'TLSv1.3' ? `^(${code}|CONNECTION_FAILED)$` : `^${code}$`)
}

/** OpenSSL as a server that wants a client certificate of the site's CA. */
async function startOpenssl(version: Version): Promise<string> {
  const host = `127.0.0.1:${await freePort('127.0.0.1')}`
  const { certificate, key } = server
  const [program = '', ...args] = [
    ...[
      'openssl',
      's_server',
      '-accept',
      host,
      '-www',
      version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3',
    ],
    ...['-cert', certificate, '-key', key, '-CAfile', site.path, '-Verify', '1'],
    '-verify_return_error',
  ]
  const child = spawn(program, args)
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.includes('ACCEPT') && resolve())
  })
  return host
}

async function startNode(version: Version): Promise<string> {
  const pair = { cert: readFileSync(server.certificate), key: readFileSync(server.key) }
  const versions = { minVersion: version, maxVersion: version }
  const demand = { ca: site.pem, requestCert: true, rejectUnauthorized: true }
  const listening = https.createServer({ ...pair, ...versions, ...demand }, (_, response) =>
    response.end('ok'),
  )
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void listening.close())
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`
}

async function ask(host: string, client: keyof typeof clients | undefined): Promise<number> {
  const files = client === undefined ? undefined : clients[client]
  const paths = { certificatePath: files?.certificate, keyPath: files?.key }
  const https = new HttpsClient({
    ca: loadCertificateAuthority(site.path),
    clientCertificate: loadOptionalClientCertificate(paths, () => {}),
    timeoutMs: 5000,
  })
  onTestFinished(() => https.close())
  return (await https.request({ method: 'GET', url: new URL(`https://${host}/`) })).status
}

test.each<Version>(['TLSv1.2', 'TLSv1.3'])(
  'a good client certificate opens the door: %s',
  async (version) => {
    expect(await ask(await startOpenssl(version), 'own')).toBe(200)
  },
)

test.each<Version>(['TLSv1.2', 'TLSv1.3'])(
  'a client certificate of another CA is told as such, not as a port without TLS: %s',
  async (version) => {
    await expect(ask(await startOpenssl(version), 'foreign')).rejects.toMatchObject({
      code: 'TLS_CLIENT_CERTIFICATE_REFUSED',
      hint: expect.stringContaining('client certificate'),
    })
  },
)

test('a missing client certificate is told as such where the server says so: TLSv1.3', async () => {
  await expect(ask(await startOpenssl('TLSv1.3'), undefined)).rejects.toMatchObject({
    code: expect.stringMatching(codeOf('TLS_CLIENT_CERTIFICATE_REQUIRED', 'TLSv1.3')),
    hint: expect.stringMatching(/client certificate/i),
  })
})

test('a missing client certificate is named as a possible cause where the server only hangs up: TLSv1.2', async () => {
  await expect(ask(await startOpenssl('TLSv1.2'), undefined)).rejects.toMatchObject({
    code: 'TLS_FAILED',
    hint: expect.stringMatching(/client certificate/),
  })
})

test.each<Version>(['TLSv1.2', 'TLSv1.3'])(
  'a client certificate is named as a possible cause where the connection just breaks: %s',
  async (version) => {
    await expect(ask(await startNode(version), 'foreign')).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      hint: expect.stringMatching(/client certificate/),
    })
  },
)
