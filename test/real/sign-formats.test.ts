import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pushIndex, temporaryDirectory, toolPath } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  lacksSigningTools,
  runCosign,
  runOperatorLine,
  type SignSite,
  startSignSite,
} from './sign-site.ts'

// A second look at a registry waits a second: they wait side by side.
const together = { concurrent: true, timeout: 180_000 } as const

describe.skipIf(lacksSigningTools)('cosign-sign, formats:', together, () => {
  describe.each([
    ['distribution, which has no referrers API', false],
    ['a registry with the referrers API', true],
  ])('on %s', (_, referrers) => {
    let site: SignSite
    beforeAll(async () => {
      site = await startSignSite({ referrers })
    })
    afterAll(async () => {
      await site[Symbol.asyncDispose]()
    })

    describe.each([
      ['cosign3', 'bundle'],
      ['cosign3', 'legacy'],
      ['cosign3', 'oci-1-1'],
      ['cosign2', 'bundle'],
      ['cosign2', 'legacy'],
      ['cosign2', 'oci-1-1'],
    ] as const)('%s, format %s', (cosign, format) => {
      const inputs = (image: string): Record<string, string> => ({
        image,
        format,
        'cosign-path': toolPath(cosign),
      })

      it('signs, verifies, and gives a command that verifies for an operator as it is', async () => {
        const image = await site.push()
        const result = await site.sign(inputs(image))
        expect(result.log).not.toContain('::error')
        expect(result.outputs).toMatchObject({ signed: image, skipped: '', format })
        const line = result.outputs['verify-command'] ?? ''
        expect((await runOperatorLine(site, cosign, line)).stdout).toContain(image.split('@')[1])
        const unsigned = line.replace(image, await site.push())
        expect((await runOperatorLine(site, cosign, unsigned)).exitCode).not.toBe(0)
      })

      it('skips an image that carries a valid signature by this key, and adds nothing', async () => {
        const image = await site.push()
        const first = await site.sign(inputs(image))
        const second = await site.sign(inputs(image))
        expect(second.outputs).toMatchObject({ signed: '', skipped: image })
        expect(second.outputs['signature']).toBe(first.outputs['signature'])
      })

      // In oci-1-1 the order of the referrers decides whose signature is seen: see below.
      if (format !== 'oci-1-1') {
        it('does not take the signature of another key for its own', async () => {
          const image = await site.push()
          await site.sign(inputs(image), { key: 'prod' })
          expect((await site.sign(inputs(image))).outputs['signed']).toBe(image)
        })
      }
    })

    it('signs each image of an index where it is asked to', async () => {
      const { digest, children } = await pushIndex(site.registry, 'dev/multi', { seed: 'index' })
      const named = (one: string): string => `${site.registry.host}/dev/multi@${one}`
      const all = [digest, ...children].map(named)
      const result = await site.sign({ image: named(digest), recursive: 'true' })
      expect(result.outputs['signed']?.split('\n')).toEqual(all)
      expect(result.outputs['verify-command']?.split('\n')).toHaveLength(1)
    })

    it('signs the index alone where it is not', async () => {
      const { digest } = await pushIndex(site.registry, 'dev/multi', { seed: 'alone' })
      const image = `${site.registry.host}/dev/multi@${digest}`
      expect((await site.sign({ image })).outputs['signed']).toBe(image)
    })
  })

  describe('what is signed', () => {
    let site: SignSite
    beforeAll(async () => {
      site = await startSignSite()
    })
    afterAll(async () => {
      await site[Symbol.asyncDispose]()
    })

    it.each([
      ['cosign3', 'bundle', '\nsum=1+1=2'],
      ['cosign3', 'legacy', '\nsum=1+1=2'],
      ['cosign2', 'legacy', ''],
    ] as const)('holds the annotations, commas and quotes too (%s, %s)', async (...row) => {
      const [cosign, format, more] = row
      const image = await site.push()
      const annotations = `tier=dev\nnote=a,b "c"${more}`
      const inputs = { image, format, annotations, 'cosign-path': toolPath(cosign) }
      const result = await site.sign(inputs)
      expect(result.exitCode).toBe(0)
      const line = result.outputs['verify-command'] ?? ''
      expect((await runOperatorLine(site, cosign, line)).exitCode).toBe(0)
      const other = line.replace('tier=dev', 'tier=prod')
      expect((await runOperatorLine(site, cosign, other)).exitCode).not.toBe(0)
    })

    it('is signed again where the signature there has other annotations', async () => {
      const image = await site.push()
      await site.sign({ image, format: 'legacy' })
      const annotated = { image, format: 'legacy', annotations: 'tier=dev' }
      expect((await site.sign(annotated)).outputs['signed']).toBe(image)
      expect((await site.sign(annotated)).outputs['skipped']).toBe(image)
    })

    it('is refused in a bundle by cosign 2, which leaves annotations out', async () => {
      const inputs = {
        format: 'bundle',
        annotations: 'tier=dev',
        'cosign-path': toolPath('cosign2'),
      }
      const result = await site.sign({ image: await site.push(), ...inputs })
      expect(result.log).toContain('SIGN_FORMAT: cosign v2.6.5 leaves annotations out of a bundle')
    })

    it('is refused with an equals sign in an annotation by cosign 2, before the key is opened', async () => {
      const inputs = {
        format: 'legacy',
        annotations: 'sum=1+1=2',
        'cosign-path': toolPath('cosign2'),
      }
      const env = { TIER_KEY: 'never opened' }
      const result = await site.sign({ image: await site.push(), ...inputs }, { env })
      expect(result.log).toContain('::error::SIGN_FORMAT: cosign v2.6.5 cannot read the annotation')
    })

    it('takes an attestation by the same key for no signature, which cosign verify does', async () => {
      const image = await site.push()
      await attest(site, image, 'dev')
      const { publicKey } = site.keys.dev
      const verify = ['verify', '--insecure-ignore-tlog', '--registry-cacert', site.registry.caPath]
      const cosign = await runCosign(site, 'cosign3', [...verify, '--key', 'env://PUB', image], {
        PUB: publicKey,
      })
      expect(cosign.exitCode).toBe(0)
      const result = await site.sign({ image })
      expect(result.outputs).toMatchObject({ signed: image, skipped: '' })
    })

    it.each(['legacy', 'oci-1-1'])(
      'is refused as %s where a foreign bundle would hide it, and names the bundle',
      async (format) => {
        const image = await site.push()
        await attest(site, image, 'prod')
        const result = await site.sign({ image, format })
        expect(result.exitCode).toBe(1)
        expect(result.log).toMatch(
          new RegExp(
            `SIGN_HIDDEN: .* would hide a signature of format ${format}: sha256:[0-9a-f]{64}`,
          ),
        )
        expect((await site.sign({ image, format: 'bundle' })).exitCode).toBe(0)
        expect((await site.sign({ image, format })).outputs['signed']).toBe(image)
      },
    )

    it('is not reported where a foreign bundle came while it was made', async () => {
      const directory = temporaryDirectory('held')
      const [begun, go] = [join(directory, 'begun'), join(directory, 'go')]
      const hold = `touch ${begun}; while [ ! -e ${go} ]; do sleep 0.05; done`
      const script = `#!/bin/sh\n[ "$1" = sign ] && { ${hold}; }\nexec ${toolPath('cosign3')} "$@"\n`
      const path = join(directory, 'cosign')
      writeFileSync(path, script, { mode: 0o755 })
      const image = await site.push()
      const running = site.sign({ image, format: 'legacy', 'cosign-path': path })
      await expect.poll(() => existsSync(begun), { timeout: 60_000 }).toBe(true)
      await attest(site, image, 'prod')
      writeFileSync(go, '')
      const result = await running
      expect([result.exitCode, result.outputs['signed']]).toEqual([1, ''])
      expect(result.log).toMatch(/::error::SIGN_HIDDEN: .* would hide a signature of format legacy/)
    })

    it('is many images in one step; one that is not there leaves none signed', async () => {
      const images = [await site.push(), await site.push('dev/other')]
      const result = await site.sign({ images: images.join('\n') })
      expect(result.outputs['signed']?.split('\n')).toEqual(images)
      const absent = `${site.registry.host}/dev/payments@sha256:${'0'.repeat(64)}`
      const next = await site.push()
      const failed = await site.sign({ images: [next, absent].join('\n') })
      expect(failed.log).toMatch(/SIGN_IMAGE_ABSENT: .*does not hold sha256:0000/)
      expect((await site.sign({ image: next })).outputs['signed']).toBe(next)
    })

    it('is every image that can be, where another one fails; the step fails at its end', async () => {
      const images = [await site.push(), await site.push(), await site.push()]
      await attest(site, images[1] ?? '', 'prod')
      const result = await site.sign({ images: images.join('\n'), format: 'legacy' })
      expect(result.exitCode).toBe(1)
      expect(result.outputs['signed']?.split('\n')).toEqual([images[0], images[2]])
      expect(result.log).toMatch(/::error::SIGN_HIDDEN: /)
      expect(result.summary).toContain(`| Failed | \`${images[1]}\` |`)
    })

    it('tells that oci-1-1 hides a signature behind the last referrer', async () => {
      const image = await site.push()
      await site.sign({ image, format: 'oci-1-1' }, { key: 'dev' })
      const second = await site.sign({ image, format: 'oci-1-1' }, { key: 'prod' })
      const third = await site.sign({ image, format: 'oci-1-1' }, { key: 'dev' })
      expect(third.log).toMatch(/::warning::.*verifiers look at the last referrer only/)
      // Clients that keep the fallback tag sort it by digest, so either of the two may stand last.
      const hidden = /SIGN_HIDDEN: .*last referrer only, and that is by another key/
      expect([second, third].filter(({ log }) => hidden.test(log))).toHaveLength(1)
    })
  })

  /** An SBOM attestation by a key, which refers to the image as a signature does. */
  async function attest(site: SignSite, image: string, key: 'dev' | 'prod'): Promise<void> {
    const { privateKey, password } = site.keys[key]
    const predicate = `${temporaryDirectory('sbom')}/sbom.json`
    writeFileSync(predicate, JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6' }))
    const args = ['attest', '--yes', '--use-signing-config=false', '--tlog-upload=false']
    const what = ['--type', 'cyclonedx', '--predicate', predicate, '--key', 'env://KEY', image]
    const environment = { KEY: privateKey, COSIGN_PASSWORD: password }
    const flags = ['--registry-cacert', site.registry.caPath]
    const ran = await runCosign(site, 'cosign3', [...args, ...flags, ...what], environment)
    expect(ran.stderr).not.toContain('Error')
  }
})
