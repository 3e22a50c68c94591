import { parseDigestReference } from '@tierseal/oci'
import { expect, test } from 'vitest'
import { type SignRequest, signArguments, verifyArguments } from './arguments.ts'
import type { Format } from './format.ts'

const digest = `sha256:${'a'.repeat(64)}`
const name = `registry.internal:5000/dev/app@${digest}`
const plain = {
  caPath: undefined,
  clientCertificatePath: undefined,
  clientKeyPath: undefined,
  plainHttp: false,
}
const cosign2 = { text: 'v2.6.5', major: 2 } as const
const cosign3 = { text: 'v3.1.3', major: 3 } as const

const request: SignRequest = {
  version: cosign3,
  format: 'bundle',
  image: parseDigestReference(`registry.internal:5000/dev/app:v1@${digest}`),
  keyReference: 'hashivault://tier',
  annotations: [],
  registry: plain,
  signingConfigPath: '/w/signing-config.json',
  trustedRootPath: '/w/trusted-root.json',
  timeoutMs: 90_500,
}
const end = ['--timeout=91s', '--key', 'hashivault://tier', name]

test.each([
  [
    cosign3,
    'bundle',
    ['--signing-config', '/w/signing-config.json', '--trusted-root', '/w/trusted-root.json'],
  ],
  [
    cosign3,
    'legacy',
    ['--new-bundle-format=false', '--use-signing-config=false', '--tlog-upload=false'],
  ],
  [
    cosign3,
    'oci-1-1',
    [
      '--new-bundle-format=false',
      '--use-signing-config=false',
      '--tlog-upload=false',
      '--registry-referrers-mode=oci-1-1',
    ],
  ],
  [cosign2, 'bundle', ['--tlog-upload=false', '--new-bundle-format']],
  [cosign2, 'legacy', ['--tlog-upload=false']],
  [cosign2, 'oci-1-1', ['--tlog-upload=false', '--registry-referrers-mode=oci-1-1']],
] as const)('signs by digest and without any public service: %o %s', (version, format, flags) => {
  expect(signArguments({ ...request, version, format })).toEqual([
    'sign',
    '--yes',
    ...flags,
    ...end,
  ])
})

test.each([
  [cosign3, 'bundle', ['--insecure-ignore-tlog']],
  [cosign3, 'legacy', ['--insecure-ignore-tlog', '--new-bundle-format=false']],
  [
    cosign3,
    'oci-1-1',
    ['--insecure-ignore-tlog', '--new-bundle-format=false', '--experimental-oci11'],
  ],
  [cosign2, 'bundle', ['--private-infrastructure', '--trusted-root', '/w/trusted-root.json']],
  [cosign2, 'legacy', ['--private-infrastructure', '--trusted-root', '/w/trusted-root.json']],
  [
    cosign2,
    'oci-1-1',
    ['--private-infrastructure', '--trusted-root', '/w/trusted-root.json', '--experimental-oci11'],
  ],
] as const)('verifies without any public service: %o %s', (version, format, flags) => {
  expect(verify(version, format)).toEqual([
    'verify',
    ...flags,
    '--timeout=91s',
    '--key',
    '/w/public.pem',
    name,
  ])
})

function verify(version: SignRequest['version'], format: Format): string[] {
  return verifyArguments({ ...request, version, format, publicKey: '/w/public.pem' })
}

test('passes CA, client certificate and plain HTTP only where they are given', () => {
  const registry = {
    caPath: '/w/ca.pem',
    clientCertificatePath: '/c/client.pem',
    clientKeyPath: '/c/client.key',
    plainHttp: true,
  }
  expect(signArguments({ ...request, registry })).toEqual([
    ...['sign', '--yes', '--signing-config', '/w/signing-config.json'],
    ...['--trusted-root', '/w/trusted-root.json', '--registry-cacert', '/w/ca.pem'],
    ...['--registry-client-cert', '/c/client.pem', '--registry-client-key', '/c/client.key'],
    '--allow-http-registry',
    ...end,
  ])
})

test('keeps an annotation with a comma or a quote in one piece', () => {
  const annotations = ['tier=dev', 'note=a,b', 'said="x"']
  expect(signArguments({ ...request, annotations }).slice(6, 12)).toEqual([
    ...['--annotations', 'tier=dev', '--annotations', '"note=a,b"'],
    ...['--annotations', '"said=""x"""'],
  ])
})
