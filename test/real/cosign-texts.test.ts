import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diagnose } from '@tierseal/diagnosis'
import { temporaryDirectory } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  lacksSigningTools,
  type Ran,
  runCosign,
  type SignSite,
  startSignSite,
} from './sign-site.ts'

describe.skipIf(lacksSigningTools)('cosign by hand:', () => {
  let site: SignSite
  let image: string
  let signed: string
  beforeAll(async () => {
    site = await startSignSite()
    image = await site.push()
    signed = await site.push()
    await site.sign({ image: signed, format: 'legacy' }, { key: 'prod' })
  })
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  type Cosign = 'cosign2' | 'cosign3'

  interface Variation {
    readonly reference?: string
    readonly key?: string
    readonly keyReference?: string
    readonly password?: string | undefined
    readonly flags?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
  }

  /** Signs as somebody would by hand, with one thing done wrong. */
  function sign(cosign: Cosign, variation: Variation): Promise<Ran> {
    const { reference = image, key = site.keys.dev.privateKey, flags } = variation
    const { keyReference = 'env://KEY' } = variation
    const offline = cosign === 'cosign3' ? ['--use-signing-config=false'] : []
    const trust = flags ?? ['--registry-cacert', site.registry.caPath]
    const args = ['sign', '--yes', ...offline, '--tlog-upload=false', ...trust]
    const password = 'password' in variation ? variation.password : site.keys.dev.password
    return runCosign(site, cosign, [...args, '--key', keyReference, reference], {
      KEY: key,
      ...(password === undefined ? {} : { COSIGN_PASSWORD: password }),
      ...variation.env,
    })
  }

  function codeOf({ exitCode, stdout, stderr }: Ran): string {
    return exitCode === 0
      ? 'success'
      : diagnose('cosign', { exitCode, stdout, stderr }, 'SIGN_FAILED').code
  }

  // The table of packages/diagnosis is written from recorded texts; here cosign says them itself.
  describe.each(['cosign2', 'cosign3'] as const)('what %s says is explained', (cosign) => {
    it.each<[number, string, () => Variation, string]>([
      [
        1,
        'an empty digest',
        () => ({ reference: `${site.registry.host}/dev/payments@` }),
        'DIGEST_EMPTY',
      ],
      [
        1,
        'a line break before the digest',
        () => ({ reference: image.replace('@', '@\n') }),
        'REFERENCE_INVALID',
      ],
      [1, 'a cut digest', () => ({ reference: image.slice(0, -1) }), 'DIGEST_TRUNCATED'],
      [
        1,
        'a digest without its algorithm',
        () => ({ reference: image.replace('sha256:', '') }),
        'DIGEST_INVALID',
      ],
      [
        1,
        'a digest of another algorithm',
        () => ({ reference: image.replace('sha256:', 'sha512:') }),
        'DIGEST_ALGORITHM',
      ],
      [2, 'a scheme', () => ({ reference: `https://${image}` }), 'REFERENCE_INVALID'],
      [3, 'upper case', () => ({ reference: image.replace('dev', 'Dev') }), 'REFERENCE_INVALID'],
      [
        6,
        'an absent tag',
        () => ({ reference: `${site.registry.host}/dev/payments:absent` }),
        'SIGN_IMAGE_ABSENT',
      ],
      [7, 'a wrong password', () => ({ password: 'wrong' }), 'SIGN_KEY_PASSWORD'],
      [
        7,
        'a password with a line break',
        () => ({ password: `${site.keys.dev.password}\n` }),
        'SIGN_KEY_PASSWORD',
      ],
      [
        20,
        'a key as base64',
        () => ({ key: Buffer.from(site.keys.dev.privateKey).toString('base64') }),
        'SIGN_KEY_FORM',
      ],
      [
        20,
        'a key on one line',
        () => ({ key: site.keys.dev.privateKey.replaceAll('\n', ' ') }),
        'SIGN_KEY_FORM',
      ],
      [21, 'the public key', () => ({ key: site.keys.dev.publicKey }), 'SIGN_KEY_PUBLIC'],
      [
        25,
        'a variable that is not set',
        () => ({ keyReference: 'env://UNSET' }),
        'SIGN_KEY_MISSING',
      ],
      [27, 'no CA', () => ({ flags: [] }), 'TLS_UNTRUSTED'],
      [
        27,
        'a CA file that is not there',
        () => ({ flags: ['--registry-cacert', '/nowhere'] }),
        'TLS_UNTRUSTED',
      ],
      [
        33,
        'no credentials',
        () => ({ env: { DOCKER_CONFIG: '/nowhere' } }),
        'REGISTRY_UNAUTHORIZED',
      ],
      [
        35,
        'a broken config.json',
        () => ({ env: { DOCKER_CONFIG: brokenConfig() } }),
        'DOCKER_CONFIG_INVALID',
      ],
      [
        39,
        'nobody at the port',
        () => ({ reference: image.replace(/:\d+/, ':9') }),
        'CONNECTION_REFUSED',
      ],
    ])('row %i: %s', async (_row, _what, variation, code) => {
      const ran = await sign(cosign, variation())
      expect(codeOf(ran), ran.stderr).toBe(code)
    })

    it.each<[number, string, () => Variation & { readonly publicKey?: string }, string]>([
      [41, 'no signature', () => ({}), 'SIGN_ABSENT'],
      [42, 'another key', () => ({ reference: signed }), 'SIGN_OTHER_KEY'],
      [
        44,
        'another annotation',
        () => ({
          reference: signed,
          publicKey: site.keys.prod.publicKey,
          flags: ['-a', 'tier=prod'],
        }),
        'SIGN_ANNOTATIONS',
      ],
      [45, 'the private key', () => ({ publicKey: site.keys.dev.privateKey }), 'SIGN_KEY_PUBLIC'],
    ])('row %i: verifying with %s', async (_row, _what, variation, code) => {
      const { reference = image, publicKey = site.keys.dev.publicKey, flags = [] } = variation()
      const trust = ['--insecure-ignore-tlog', '--registry-cacert', site.registry.caPath]
      const args = ['verify', ...trust, ...flags, '--key', 'env://KEY', reference]
      const ran = await runCosign(site, cosign, args, { KEY: publicKey })
      expect(codeOf(ran), ran.stderr).toBe(code)
    })
  })

  it('row 14: a command line of cosign 2 is recognised when cosign 3 refuses it', async () => {
    const args = ['sign', '--yes', '--tlog-upload=false', '--key', 'env://KEY', image]
    const environment = { KEY: site.keys.dev.privateKey, COSIGN_PASSWORD: site.keys.dev.password }
    expect(codeOf(await runCosign(site, 'cosign3', args, environment))).toBe('SIGN_ARGUMENTS')
  })

  it('row 24: the text of a key where a path belongs is recognised, and cosign prints it', async () => {
    const trust = ['--tlog-upload=false', '--registry-cacert', site.registry.caPath]
    const args = ['sign', '--yes', ...trust, '--key', site.keys.dev.privateKey, image]
    const ran = await runCosign(site, 'cosign2', args, { COSIGN_PASSWORD: '' })
    expect(ran.stderr).toContain(site.keys.dev.privateKey.split('\n')[1])
    expect(codeOf(ran)).toBe('SIGN_KEY_FORM')
  })

  function brokenConfig(): string {
    const directory = temporaryDirectory('broken-config')
    writeFileSync(join(directory, 'config.json'), 'not JSON')
    return directory
  }
})
