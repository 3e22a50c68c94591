import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { importCosignKeyPair, requestRegistry } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lacksSigningTools, type SignSite, startSignSite } from '../real/sign-site.ts'

describe.skipIf(lacksSigningTools)('cosign-sign, a key that cosign has imported:', () => {
  let site: SignSite
  beforeAll(async () => {
    site = await startSignSite()
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  const password = 'canary-imported-7Q'
  const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey
  const others = [
    ['RSA of 2048 bits', 'SIGN_KEY_RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ECDSA on P-384', 'SIGN_KEY_CURVE', { privateKey: ec('P-384') }],
    ['ECDSA on P-521', 'SIGN_KEY_CURVE', { privateKey: ec('P-521') }],
    ['Ed25519', 'SIGN_KEY_ED25519', generateKeyPairSync('ed25519')],
  ] as const

  describe.each(['cosign2', 'cosign3'] as const)('by %s,', (cosign) => {
    it.each(others)(
      'which is %s, is refused with %s before anything is signed',
      async (name, code, { privateKey }) => {
        const keys = importCosignKeyPair(privateKey, password, cosign)
        const image = await site.push(`imported/${code.toLowerCase()}`)
        const env = { TIER_KEY: keys.privateKey }
        const inputs = { image, password, 'public-key': '' }
        const result = await site.sign(inputs, { env })
        expect([result.exitCode, result.outputs['signed'] ?? '']).toEqual([1, ''])
        expect(result.log).toContain(`::error::${code}: the key is ${name}; `)
        expect(await tagsOf(image)).toEqual([])
      },
    )

    it('which is ECDSA on P-256, signs as one that cosign has made', async () => {
      const keys = importCosignKeyPair(ec('P-256'), password, cosign)
      const image = await site.push()
      const env = { TIER_KEY: keys.privateKey }
      const result = await site.sign({ image, password, 'public-key': keys.publicKey }, { env })
      expect(result.outputs['signed'], result.log).toBe(image)
    })
  })

  it("a tier's public key of another kind is refused by its name as well", async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const result = await site.sign({ image: await site.push(), 'public-key': pem })
    expect(result.log).toMatch(/SIGN_KEY_RSA: input public-key: the key is RSA of 2048 bits/)
  })

  // Where the registry has no referrers API, a signature shows as a tag.
  async function tagsOf(image: string): Promise<readonly unknown[]> {
    const [path = ''] = image.slice(site.registry.host.length + 1).split('@')
    const { body } = await requestRegistry(site.registry, 'GET', `${path}/tags/list`)
    return JSON.parse(body.toString())['tags'] ?? []
  }
})
