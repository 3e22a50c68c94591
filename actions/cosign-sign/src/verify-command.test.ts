import { parseDigestReference } from '@tierseal/oci'
import { expect, test } from 'vitest'
import { verifyCommand } from './verify-command.ts'

const request = {
  image: parseDigestReference(`registry.internal:5000/dev/app@sha256:${'a'.repeat(64)}`),
  annotations: ["who=o'neil & sons"],
  registry: {
    caPath: '/etc/ca.pem',
    clientCertificatePath: undefined,
    clientKeyPath: undefined,
    plainHttp: false,
  },
  publicKeyPem: 'PEM\n',
}

test('gives an operator one line, with the public key in it and everything quoted for a shell', () => {
  const version = { text: 'v3.1.3', major: 3 } as const
  expect(verifyCommand({ ...request, version, format: 'bundle' })).toBe(
    `TIER_PUBLIC_KEY="$(echo UEVNCg== | base64 -d)" cosign verify --insecure-ignore-tlog --annotations 'who=o'\\''neil & sons' --registry-cacert /etc/ca.pem --key env://TIER_PUBLIC_KEY registry.internal:5000/dev/app@sha256:${'a'.repeat(64)}`,
  )
})

test('makes the trusted root that cosign 2 wants, and sets what oci-1-1 wants', () => {
  const version = { text: 'v2.6.5', major: 2 } as const
  const command = verifyCommand({ ...request, annotations: [], version, format: 'oci-1-1' })
  expect(command).toBe(
    `echo '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' > trusted-root.json && COSIGN_EXPERIMENTAL=1 TIER_PUBLIC_KEY="$(echo UEVNCg== | base64 -d)" cosign verify --private-infrastructure --trusted-root trusted-root.json --experimental-oci11 --registry-cacert /etc/ca.pem --key env://TIER_PUBLIC_KEY registry.internal:5000/dev/app@sha256:${'a'.repeat(64)}`,
  )
})
