import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  answer,
  type DoorKind,
  lacksNamespaces,
  makeCertificateAuthority,
  startAirGap,
  startFaultServer,
  startRegistryDoor,
  startTlsBreaker,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
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

  const startDoor = (kind: DoorKind) => startRegistryDoor(site.registry, ca, kind)

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

  // They wait more than they work.
  const together = { concurrent: true, timeout: 120_000 } as const

  // One that cosign takes for a registry without TLS, where TLS fails.
  const privateAddress = '10.20.30.40'

  it.skipIf(lacksNamespaces()).each([
    ['cosign3', 'sign'],
    ['cosign2', 'sign'],
    ['cosign3', 'verify'],
    ['cosign2', 'verify'],
  ] as const)(
    'lets %s %s show no password without TLS to somebody on the way who breaks TLS',
    together,
    async (cosign, verb) => {
      const directory = temporaryDirectory('begun')
      const begun = join(directory, 'begun')
      const path = join(directory, 'cosign')
      const script = `#!/bin/sh\n[ "$1" = ${verb} ] && touch ${begun}\nexec ${toolPath(cosign)} "$@"\n`
      writeFileSync(path, script, { mode: 0o755 })
      const upstream = { url: `https://${site.registry.host}`, caPem: ca.pem }
      const tls = ca.issue('on-the-way', [privateAddress])
      await using registry = await startFaultServer({ script: () => undefined, tls, upstream })
      const challenge = answer(401, '', { 'www-authenticate': 'Basic realm="registry"' })
      await using plain = await startFaultServer({ script: () => challenge })
      const breaks = (): boolean => existsSync(begun)
      await using between = await startTlsBreaker({ tls: registry.host, plain: plain.host, breaks })
      const host = `${privateAddress}:5000`
      const reach = [`${host}=${between.host}`]
      await using network = await startAirGap({ reach, gateway: 'no-route' })
      const image = (await site.push()).replace(site.registry.host, host)
      const inputs = { image, 'cosign-path': path, format: 'bundle' }
      const result = await site.sign(inputs, { network })
      expect(existsSync(begun), result.log).toBe(true)
      expect(plain.requests).toEqual([])
      expect(result.log).toMatch(/::error::CONNECTION_FAILED: /)
    },
  )

  it('takes the CA as PEM too', async () => {
    const image = await site.push()
    const result = await site.sign({ image, 'registry-ca': ca.pem })
    expect(result.outputs['signed']).toBe(image)
    expect(result.outputs['verify-command']).toContain('--registry-cacert registry-ca.pem')
  })
})
