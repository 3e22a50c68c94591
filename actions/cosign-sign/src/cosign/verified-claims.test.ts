import { parseDigestReference } from '@tierseal/oci'
import { expect, test } from 'vitest'
import { refuseOtherClaims } from './verified-claims.ts'

const digest = `sha256:${'a'.repeat(64)}`
const image = parseDigestReference(`registry.internal:5000/dev/app@${digest}`)

// What cosign 2.6.5 and 3.1.3 print.
function claim(type: string, of = digest): object {
  const identity = { 'docker-reference': 'registry.internal:5000/dev/app' }
  return { critical: { identity, image: { 'docker-manifest-digest': of }, type }, optional: null }
}

const refuse =
  (...claims: object[]) =>
  (): void =>
    refuseOtherClaims(`\n${JSON.stringify(claims)}\n`, image)

test.each(['cosign container image signature', 'https://sigstore.dev/cosign/sign/v1'])(
  'accepts %s',
  (type) => {
    expect(refuse(claim('https://cyclonedx.org/bom'), claim(type))).not.toThrow()
  },
)

test('refuses an image that the key only made an attestation about', () => {
  expect(refuse(claim('https://cyclonedx.org/bom'))).toThrow(
    /found is https:\/\/cyclonedx.org\/bom, not/,
  )
})

test('refuses a signature of another image', () => {
  const other = `sha256:${'b'.repeat(64)}`
  expect(refuse(claim('https://sigstore.dev/cosign/sign/v1', other))).toThrow(/found is nothing/)
})

test('refuses a success without claims', () => {
  expect(() => refuseOtherClaims('', image)).toThrow(/found is nothing/)
})
