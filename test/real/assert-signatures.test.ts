import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requestRegistry, runAction, temporaryDirectory } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, runCosign, type SignSite, startSignSite } from './sign-site.ts'

const path = 'dev/payments'
const indexType = 'application/vnd.oci.image.index.v1+json'

describe.skipIf(lacksSigningTools)(
  'assert-digest and what a real cosign leaves beside an image',
  () => {
    let site: SignSite
    let image: string
    let bundled: string

    beforeAll(async () => {
      site = await startSignSite()
      image = await site.push(path)
      bundled = await site.push(path)
      const offline = ['--yes', '--tlog-upload=false']
      await cosign('cosign2', ['sign', ...offline, image])
      await cosign('cosign2', [
        'attest',
        ...offline,
        '--type=custom',
        `--predicate=${predicate()}`,
        image,
      ])
      await cosign('cosign3', ['sign', ...offline, '--use-signing-config=false', bundled])
    })
    afterAll(async () => {
      await site[Symbol.asyncDispose]()
    })

    async function cosign(tool: 'cosign2' | 'cosign3', [verb = '', ...args]: readonly string[]) {
      const access = ['--key=env://TIER_KEY', `--registry-cacert=${site.registry.caPath}`]
      const { privateKey, password } = site.keys.dev
      const env = { TIER_KEY: privateKey, COSIGN_PASSWORD: password }
      const { exitCode, stderr } = await runCosign(site, tool, [verb, ...access, ...args], env)
      expect(exitCode, stderr).toBe(0)
    }

    function predicate(): string {
      const file = join(temporaryDirectory('predicate'), 'predicate.json')
      writeFileSync(file, '{}')
      return file
    }

    const tagOf = (one: string, suffix = '') => `sha256-${one.split('sha256:')[1]}${suffix}`

    async function read(tag: string) {
      const accept = `application/vnd.oci.image.manifest.v1+json, ${indexType}`
      const answer = await requestRegistry(site.registry, 'GET', `${path}/manifests/${tag}`, {
        accept,
      })
      expect(answer.status).toBe(200)
      return {
        type: answer.headers['content-type'],
        digest: answer.headers['docker-content-digest'],
      }
    }

    async function assertDigest(digest: unknown) {
      const { host, caPath, username, password } = site.registry
      const access = {
        'registry-ca': caPath,
        'registry-username': username,
        'registry-password': password,
      }
      return runAction('assert-digest', {
        inputs: { image: `${host}/${path}@${digest}`, ...access },
      })
    }

    it.each([
      ['the signature of .sig', '.sig', 'vnd.dev.cosign.simplesigning.v1+json'],
      ['the attestation of .att', '.att', 'vnd.dsse.envelope.v1+json'],
    ])('takes %s for no image', async (_what, suffix, layer) => {
      const { digest } = await read(tagOf(image, suffix))
      const { exitCode, stdout, outputs } = await assertDigest(digest)
      expect([exitCode, outputs]).toEqual([1, {}])
      expect(stdout).toMatch(
        new RegExp(
          `NOT_AN_IMAGE: .*a layer of it is .*${layer.replaceAll('.', '\\.').replace('+', '\\+')}`,
        ),
      )
    })

    it('takes the index of the fallback tag, which lists signature bundles, for no image', async () => {
      const { type, digest } = await read(tagOf(bundled))
      expect(type).toBe(indexType)
      const { exitCode, stdout } = await assertDigest(digest)
      expect(exitCode).toBe(1)
      expect(stdout).toContain('NOT_AN_IMAGE: ')
      expect(stdout).toContain('an index without an image in it')
    })

    it('takes the image that they are of', async () => {
      expect((await assertDigest(image.split('@')[1])).exitCode).toBe(0)
    })
  },
)
