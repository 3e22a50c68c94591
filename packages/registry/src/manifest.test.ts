import { expect, test } from 'vitest'
import { findNonImage, parseImageManifest } from './manifest.ts'

const digest = `sha256:${'a'.repeat(64)}`
const descriptor = (mediaType: string) => ({ mediaType, digest, size: 1 })
const configType = 'application/vnd.oci.image.config.v1+json'
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'

function flawOf(layers: readonly string[], rest: object = {}): string | undefined {
  const whole = { config: descriptor(configType), layers: layers.map(descriptor), ...rest }
  const manifest = parseImageManifest(Buffer.from(JSON.stringify(whole)))
  if (manifest === undefined) throw new Error('no manifest')
  return findNonImage(manifest)
}

test.each([
  ['application/vnd.docker.image.rootfs.diff.tar.gzip'],
  ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'],
  ['application/vnd.oci.image.layer.v1.tar'],
  ['application/vnd.oci.image.layer.v1.tar+zstd'],
  ['application/vnd.oci.image.layer.v1.tar+gzip+encrypted'],
  ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'],
])('takes a layer of %s for that of an image', (type) => {
  expect(flawOf([layerType, type])).toBeUndefined()
})

test.each([
  ['no layer', [], {}],
  ['a subject, as an image that belongs to another has', [layerType], { subject: descriptor('x') }],
  ['its own config as artifact type', [layerType], { artifactType: configType }],
])('takes an image with %s for one', (_what, layers, rest) => {
  expect(flawOf(layers, rest)).toBeUndefined()
})

// All of these have the config of an image (facts: cosign.md 4).
test.each([
  ['a signature of cosign', 'application/vnd.dev.cosign.simplesigning.v1+json'],
  ['an attestation of cosign', 'application/vnd.dsse.envelope.v1+json'],
  ['an SBOM of cosign', 'text/spdx+json'],
  ['an attestation of buildkit', 'application/vnd.in-toto+json'],
])('does not take %s for an image', (_what, type) => {
  expect(flawOf([type])).toContain(type)
  expect(flawOf([layerType, type])).toContain(type)
})

test.each([
  ['says that it is another artifact', { artifactType: 'application/vnd.site.report' }, 'report'],
  [
    'has another config',
    { config: descriptor('application/vnd.cncf.helm.config.v1+json') },
    'helm',
  ],
])('does not take for an image what %s', (_what, rest, said) => {
  expect(flawOf([layerType], rest)).toContain(said)
})
