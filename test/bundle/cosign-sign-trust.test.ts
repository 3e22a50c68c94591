import {
  type DoorKind,
  makeCertificateAuthority,
  startRegistryDoor,
  temporaryDirectory,
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

  it('takes the CA as PEM too', async () => {
    const image = await site.push()
    const result = await site.sign({ image, 'registry-ca': ca.pem })
    expect(result.outputs['signed']).toBe(image)
    expect(result.outputs['verify-command']).toContain('--registry-cacert registry-ca.pem')
  })
})
