import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { makeCertificateAuthority, temporaryDirectory } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, type SignSite, startSignSite } from '../real/sign-site.ts'

describe.skipIf(lacksSigningTools)('cosign-sign, trust in the registry:', () => {
  let site: SignSite
  const ca = makeCertificateAuthority(temporaryDirectory('trust-ca'))
  beforeAll(async () => {
    site = await startSignSite({ ca })
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  /** The registry under another address: behind a demand for client certificates, or without TLS. */
  async function startDoor(
    kind: 'client-certificate' | 'plain',
  ): Promise<AsyncDisposable & { host: string }> {
    const scheme = kind === 'plain' ? 'http' : 'https'
    const pass: http.RequestListener = (request, response) => {
      const { method = '', url = '' } = request
      const headers = { ...request.headers, 'x-forwarded-proto': scheme }
      const target = `https://${site.registry.host}${url}`
      const onward = https.request(
        target,
        { method, headers, ca: ca.pem, agent: false },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        },
      )
      onward.on('error', () => response.destroy())
      request.pipe(onward)
    }
    const server =
      kind === 'plain' ? http.createServer(pass) : https.createServer(mutualTls(), pass)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    return {
      host: `127.0.0.2:${port}`,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections()
        server.close()
      },
    }
  }

  function mutualTls(): https.ServerOptions {
    const { certificate, key } = ca.issue('door')
    const pair = { cert: readFileSync(certificate), key: readFileSync(key) }
    return { ...pair, ca: ca.pem, requestCert: true, rejectUnauthorized: true }
  }

  it('shows a client certificate to a registry that asks for one, and says so where there is none', async () => {
    await using door = await startDoor('client-certificate')
    const image = (await site.push()).replace(site.registry.host, door.host)
    const without = await site.sign({ image })
    expect(without.log).toMatch(/::error::(TLS_CLIENT_CERTIFICATE_REQUIRED|CONNECTION_FAILED): /)
    const client = ca.issue('client')
    const result = await site.sign({
      image,
      'registry-client-certificate': client.certificate,
      'registry-client-key': client.key,
    })
    expect(result.outputs['signed']).toBe(image)
    expect(result.outputs['verify-command']).toContain(
      `--registry-client-cert ${client.certificate}`,
    )
  })

  it('speaks plain HTTP only where it is asked to by name', async () => {
    await using door = await startDoor('plain')
    const image = (await site.push()).replace(site.registry.host, door.host)
    const silent = await site.sign({ image })
    expect(silent.log).toMatch(/::error::TLS_FAILED: /)
    const result = await site.sign({ image, 'plain-http': 'true' })
    expect(result.outputs['signed']).toBe(image)
    expect(result.log).toMatch(
      /::warning::plain-http is set: credentials and images go unencrypted/,
    )
  })

  it('takes the CA as PEM too', async () => {
    const image = await site.push()
    const result = await site.sign({ image, 'registry-ca': ca.pem })
    expect(result.outputs['signed']).toBe(image)
    expect(result.outputs['verify-command']).toContain('--registry-cacert registry-ca.pem')
  })
})
