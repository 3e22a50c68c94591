import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { putManifest, requestRegistry, toolPath } from '@tierseal/test-kit'
import { describe, expect, it } from 'vitest'
import {
  type Keys,
  lacksSigningTools,
  runOperatorLine,
  type SignSite,
  startSignSite,
} from './sign-site.ts'

describe.skipIf(lacksSigningTools)('cosign-sign, several at once:', () => {
  type Run = Awaited<ReturnType<SignSite['sign']>>

  /** Eight runs at once on one image, in turns with two keys. */
  function signAtOnce(site: SignSite, inputs: Readonly<Record<string, string>>): Promise<Run[]> {
    const keys = ['dev', 'prod', 'dev', 'prod', 'dev', 'prod', 'dev', 'prod'] as const
    return Promise.all(keys.map((key) => site.sign(inputs, { key })))
  }

  /** Which keys verify when all is over. */
  async function keysSeen(site: SignSite, runs: readonly Run[]): Promise<(keyof Keys)[]> {
    const seen: (keyof Keys)[] = []
    for (const [key, run] of [
      ['dev', runs[0]],
      ['prod', runs[1]],
    ] as const) {
      const line = run?.outputs['verify-command'] ?? 'false'
      if ((await runOperatorLine(site, 'cosign3', line)).exitCode === 0) seen.push(key)
    }
    return seen
  }

  /** The referrers that the registry lists, by its API. */
  async function listedReferrers(
    { registry }: SignSite,
    image: string,
  ): Promise<readonly string[]> {
    const [path, digest] = image.replace(`${registry.host}/`, '').split('@')
    const { body } = await requestRegistry(registry, 'GET', `${path}/referrers/${digest}`)
    const { manifests }: { manifests: { digest: string }[] } = JSON.parse(body.toString())
    return manifests.map((manifest) => manifest.digest)
  }

  /** A manifest under a tag, with its type. */
  async function readTag({ registry }: SignSite, path: string, tag: string): Promise<Tagged> {
    const accept = 'application/vnd.oci.image.manifest.v1+json'
    const address = `${path}/manifests/${tag}`
    const { body, headers } = await requestRegistry(registry, 'GET', address, { accept })
    return { bytes: body, mediaType: headers['content-type'] ?? '' }
  }

  /** Resolves when the action, which looks by HTTP/1.1, has read the tag; after cosign has written it, where it has to. */
  async function firstLook({ registry }: SignSite, tag: string, written = true): Promise<void> {
    const put = written ? `"PUT \\S+/manifests/${tag} [^]*` : ''
    const seen = new RegExp(`${put}"GET \\S+/manifests/${tag} HTTP/1.1" 200`)
    const from = readFileSync(registry.logPath).length
    while (!seen.test(readFileSync(registry.logPath).subarray(from).toString())) await sleep(20)
  }

  interface Tagged {
    readonly bytes: Buffer
    readonly mediaType: string
  }

  /** An image with the signature of one key, and the writer that read its .sig tag before another signed. */
  async function signedByProd(site: SignSite) {
    const image = await site.push()
    await site.sign({ image, format: 'legacy' }, { key: 'prod' })
    const tag = `${image.split('@')[1]?.replace(':', '-')}.sig`
    const { mediaType, bytes } = await readTag(site, 'dev/payments', tag)
    const putBack = () => putManifest(site.registry, 'dev/payments', tag, mediaType, bytes)
    return { image, tag, putBack }
  }

  it('signs again where another writer puts back a .sig tag that it had read before', async () => {
    await using site = await startSignSite()
    const { image, tag, putBack } = await signedByProd(site)
    const running = site.sign({ image, format: 'legacy' }, { key: 'dev' })
    await firstLook(site, tag)
    await putBack()
    const result = await running
    expect(result.exitCode).toBe(0)
    expect(result.log).toMatch(/::warning::.*another writer has overwritten the signature; round 1/)
    const prod = await site.sign({ image, format: 'legacy' }, { key: 'prod' })
    expect(prod.outputs['skipped']).toBe(image)
    expect(await keysSeen(site, [result, prod])).toEqual(['dev', 'prod'])
  })

  it('signs where another writer puts back a .sig tag after the signature in it was found', async () => {
    await using site = await startSignSite()
    const { image, tag, putBack } = await signedByProd(site)
    await site.sign({ image, format: 'legacy' }, { key: 'dev' })
    const running = site.sign({ image, format: 'legacy' }, { key: 'dev' })
    await firstLook(site, tag, false)
    await putBack()
    const result = await running
    expect(result.exitCode, result.log).toBe(0)
    expect(result.outputs['skipped']).toBe('')
    expect(result.log).toMatch(/::warning::.*has overwritten the signature; signing it/)
  })

  describe('8 concurrent runs with two keys on one image', () => {
    it.each([
      ['bundle', true],
      ['bundle', false],
      ['legacy', false],
      ['legacy', true],
    ] as const)('lose no signature: %s, referrers API: %s', async (format, referrers) => {
      await using site = await startSignSite({ referrers })
      const image = await site.push()
      const inputs = { image, format, 'cosign-path': toolPath('cosign3'), 'timeout-seconds': '100' }
      const runs = await signAtOnce(site, inputs)
      const failures = runs.filter(({ exitCode }) => exitCode !== 0).map(({ log }) => log)
      expect(failures).toEqual([])
      expect(await keysSeen(site, runs)).toEqual(['dev', 'prod'])
      if (format !== 'bundle' || !referrers) return
      const listed = await listedReferrers(site, image)
      const reported = runs.map(({ outputs }) => outputs['signature']?.split('@')[1])
      expect(listed).toEqual(expect.arrayContaining(reported))
    })

    it('report nothing that is not there in oci-1-1 either, and say what it cannot promise', async () => {
      await using site = await startSignSite({ referrers: true })
      const image = await site.push()
      const runs = await signAtOnce(site, { image, format: 'oci-1-1' })
      for (const { exitCode, log } of runs) {
        expect(log).toMatch(/::warning::.*the last referrer only/)
        expect(exitCode === 0 || log.includes('SIGN_HIDDEN')).toBe(true)
      }
      const reported = runs.flatMap(({ exitCode, outputs }) =>
        exitCode === 0 ? [outputs['signature']?.split('@')[1]] : [],
      )
      // Whoever signed last is seen by all verifiers.
      expect(reported).not.toEqual([])
      expect(await listedReferrers(site, image)).toEqual(expect.arrayContaining(reported))
    })
  })
})
