import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacksTools, temporaryDirectory, toolPath } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, type SignSite, startSignSite } from './sign-site.ts'

describe.skipIf(lacksSigningTools || lacksTools('kyverno'))('cosign-sign and Kyverno:', () => {
  const variants = [
    ['cosign3', 'bundle'],
    ['cosign3', 'legacy'],
    ['cosign2', 'legacy'],
    ['cosign2', 'bundle'],
  ] as const

  describe.each([
    ['distribution, which has no referrers API', false],
    ['a registry with the referrers API', true],
  ])('an ImageValidatingPolicy of Kyverno 1.19, on %s,', (_, referrers) => {
    let site: SignSite
    beforeAll(async () => {
      site = await startSignSite({ referrers })
    })
    afterAll(async () => {
      await site[Symbol.asyncDispose]()
    })

    it.each(variants)(
      'admits what %s has signed as %s, and refuses it for another key',
      async (cosign, format) => {
        const image = await site.push()
        const signed = await site.sign({ image, format, 'cosign-path': toolPath(cosign) })
        expect(signed.exitCode).toBe(0)
        const { dev, prod } = site.keys
        expect(judge(site, image, dev.publicKey)).toEqual(['pass'])
        expect(judge(site, image, prod.publicKey)).toEqual(['fail'])
      },
    )

    it('refuses an image that is not signed', async () => {
      expect(judge(site, await site.push(), site.keys.dev.publicKey)).toEqual(['fail'])
    })
  })

  /** The results of Kyverno's own command line: none where the policy matches nothing. */
  function judge({ registry }: SignSite, image: string, publicKey: string): readonly string[] {
    const directory = temporaryDirectory('kyverno')
    const policy = join(directory, 'policy.yaml')
    const pod = join(directory, 'pod.yaml')
    // JSON is YAML; Kyverno goes by the name of the file.
    writeFileSync(policy, JSON.stringify(policyFor(registry.host, publicKey)))
    writeFileSync(pod, JSON.stringify(podOf(image)))
    const args = ['apply', policy, '--resource', pod, '--policy-report', '--output-format', 'json']
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      DOCKER_CONFIG: registry.dockerConfigDirectory,
      SSL_CERT_FILE: registry.caPath,
    }
    const { stdout, stderr } = spawnSync(toolPath('kyverno'), args, { env, encoding: 'utf8' })
    if (!stdout.includes('{"kind"')) throw new Error(`Kyverno gave no report: ${stdout}${stderr}`)
    // Text may stand before the report.
    const report: { readonly results?: readonly { readonly result: string }[] } = JSON.parse(
      stdout.slice(stdout.indexOf('{"kind"')),
    )
    return (report.results ?? []).map(({ result }) => result)
  }

  function policyFor(host: string, publicKey: string): object {
    const ctlog = { insecureIgnoreTlog: true, insecureIgnoreSCT: true }
    const expression =
      '(images.containers + images.initContainers + images.ephemeralContainers).all(i, verifyImageSignatures(i, [attestors.tier]) > 0)'
    return {
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'ImageValidatingPolicy',
      metadata: { name: 'signed-by-the-tier' },
      spec: {
        failurePolicy: 'Fail',
        validationActions: ['Deny'],
        evaluation: { background: { enabled: false } },
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
          ],
        },
        matchImageReferences: [{ glob: `${host}/*` }],
        attestors: [
          { name: 'tier', cosign: { key: { data: publicKey, hashAlgorithm: 'sha256' }, ctlog } },
        ],
        validations: [{ message: 'the image is not signed by the tier', expression }],
      },
    }
  }

  function podOf(image: string): object {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'payments', namespace: 'dev' },
      spec: { containers: [{ name: 'payments', image }] },
    }
  }
})
