import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  answer,
  findSecrets,
  hang,
  lacksTools,
  loginPage,
  makeCertificateAuthority,
  moveTag,
  pushImage,
  pushIndex,
  redirectTo,
  runAction,
  startFaultServer,
  startRegistry,
  startRegistryDoor,
  type TestRegistry,
  temporaryDirectory,
  trickle,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

describe.skipIf(lacksTools('registry'))('assert-digest against a real registry', () => {
  const ca = makeCertificateAuthority(temporaryDirectory('assert-ca'))
  let registry: TestRegistry
  let digest: string

  beforeAll(async () => {
    registry = await startRegistry({ ca })
    digest = await pushImage(registry, 'dev/app', { tag: '1', seed: 'assert' })
  })

  afterAll(() => registry.stop())

  const assertWith = (inputs: Readonly<Record<string, string>> = {}, options = {}) => {
    const { host, caPath, username, password } = registry
    const access = {
      'registry-ca': caPath,
      'registry-username': username,
      'registry-password': password,
    }
    const image = `${host}/dev/app`
    return runAction('assert-digest', {
      ...options,
      inputs: { image, digest, ...access, ...inputs },
    })
  }

  async function refused(inputs: Readonly<Record<string, string>>, options = {}) {
    const result = await assertWith(inputs, options)
    expect(result.exitCode).toBe(1)
    expect(result.outputs).toEqual({})
    return result.annotations.map(({ message }) => message).join('\n')
  }

  function digestFile(text: string): string {
    const path = join(temporaryDirectory('digest'), 'digest')
    writeFileSync(path, text)
    return path
  }

  test('hands on a digest that is proven, with media type and platform', async () => {
    const { exitCode, annotations, outputs, summary } = await assertWith()
    expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] })
    expect(outputs).toEqual({
      digest,
      image: `${registry.host}/dev/app@${digest}`,
      'media-type': 'application/vnd.oci.image.manifest.v1+json',
      platforms: 'linux/amd64',
    })
    expect(summary).toContain(digest)
    expect(summary).toContain('linux/amd64')
  })

  test('proves several images at once, each with its own tag', async () => {
    const second = await pushImage(registry, 'dev/second', { tag: 'x', seed: 'second' })
    const { host } = registry
    const image = `${host}/dev/app:1@${digest}\n${host}/dev/second:x@${second}`
    const { outputs } = await assertWith({ image, digest: '' })
    expect(outputs['digest']).toBe(`${digest}\n${second}`)
    expect(outputs['image']).toBe(`${host}/dev/app@${digest}\n${host}/dev/second@${second}`)
  })

  test('looks at every image, and reports all that are bad with the cause of each', async () => {
    const { host } = registry
    const absent = `sha256:${'a'.repeat(64)}`
    const images = [
      `${host}/dev/app@${absent}`,
      `${host}/dev/app:absent@${digest}`,
      `${host}/dev/app@${digest}`,
    ]
    const result = await assertWith({ image: images.join('\n'), digest: '' })
    expect([result.exitCode, result.outputs]).toEqual([1, {}])
    expect(result.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^DIGEST_ABSENT: 2 of 3 images are not proven:\n.*does not hold.*\n.*TAG_ABSENT: .*does not exist/,
      ),
    ])
    expect(result.log).toContain(`${host}/dev/app@${digest}: proven`)
  })

  test('shows a client certificate to a registry that asks for one, and tells where it is missing or refused', async () => {
    await using door = await startRegistryDoor(registry, ca, 'client-certificate')
    const image = `${door.host}/dev/app`
    const show = ({ certificate, key }: ReturnType<typeof ca.issue>) => ({
      image,
      'registry-client-certificate': certificate,
      'registry-client-key': key,
    })
    expect((await assertWith(show(ca.issue('assert-client')))).outputs['digest']).toBe(digest)
    const stranger = makeCertificateAuthority(temporaryDirectory('stranger'))
    // What arrives first, the alert or the reset, is a matter of time.
    expect(await refused({ image })).toMatch(
      /(TLS_CLIENT_CERTIFICATE_REQUIRED|CONNECTION_FAILED): [\s\S]*client certificate/i,
    )
    expect(await refused(show(stranger.issue('stranger')))).toMatch(
      /(TLS_CLIENT_CERTIFICATE_REFUSED|CONNECTION_FAILED): [\s\S]*client certificate/,
    )
  })

  test('shows the platforms of an index', async () => {
    const pushed = await pushIndex(registry, 'dev/index', { tag: '1' })
    const image = `${registry.host}/dev/index@${pushed.digest}`
    const { outputs } = await assertWith({ image, digest: '' })
    expect(outputs['platforms']).toBe('linux/amd64,linux/arm64')
  })

  test.each([
    ['empty', '', 'DIGEST_EMPTY'],
    ['white space', '\n', 'DIGEST_WHITE_SPACE'],
    ['with a newline', `sha256:${'a'.repeat(64)}\n`, 'DIGEST_WHITE_SPACE'],
    ['truncated', `sha256:${'a'.repeat(63)}`, 'DIGEST_TRUNCATED'],
    ['of another algorithm', `sha512:${'a'.repeat(128)}`, 'DIGEST_ALGORITHM'],
    ['in upper case', `sha256:${'A'.repeat(64)}`, 'DIGEST_UPPER_CASE'],
    ['not in the registry', `sha256:${'a'.repeat(64)}`, 'DIGEST_ABSENT'],
  ])('refuses a digest file that is %s', async (_what, text, code) => {
    expect(await refused({ digest: '', 'digest-file': digestFile(text) })).toContain(code)
  })

  test('refuses a missing file, a stale one, and one that disagrees with the digest', async () => {
    const path = digestFile(digest)
    expect(await refused({ digest: '', 'digest-file': '/nowhere/digest' })).toContain(
      'DIGEST_FILE_MISSING',
    )
    expect(
      await refused({ digest: '', 'digest-file': path, 'newer-than': '2099-01-01T00:00:00Z' }),
    ).toContain('DIGEST_STALE')
    const other = `sha256:${'b'.repeat(64)}`
    expect(await refused({ digest: other, 'digest-file': path })).toContain('DIGEST_CONFLICT')
  })

  test('refuses the empty digest of a build that never ended', async () => {
    expect(await refused({ digest: '' })).toContain('DIGEST_EMPTY')
  })

  test('refuses a tag that was moved after the build', async () => {
    const built = await pushImage(registry, 'dev/moved', { tag: '1', seed: 'built' })
    const image = `${registry.host}/dev/moved:1`
    expect((await assertWith({ image, digest: built })).exitCode).toBe(0)
    const later = await pushImage(registry, 'dev/moved', { seed: 'later' })
    await moveTag(registry, 'dev/moved', '1', later)
    const message = await refused({ image, digest: built })
    expect(message).toContain('TAG_MOVED')
    expect(message).toContain(later)
  })

  test.each([
    ['a tag that is not there', 'dev/app:absent', 'TAG_ABSENT'],
    ['a repository that is not there', 'dev/absent', 'DIGEST_ABSENT'],
  ])('refuses %s', async (_what, path, code) => {
    expect(await refused({ image: `${registry.host}/${path}` })).toContain(code)
  })

  test('refuses a wrong password, and shows it nowhere', async () => {
    const password = 'canary-wrong-password-3K'
    const result = await assertWith({ 'registry-password': password })
    expect(result.annotations.map(({ message }) => message).join()).toContain(
      'REGISTRY_UNAUTHORIZED',
    )
    expect(findSecrets({ log: result.maskedLog, summary: result.summary }, { password })).toEqual(
      [],
    )
    expect(findSecrets(result.directory, { password })).toEqual([])
  })

  test('trusts the CA of the tier alone', async () => {
    expect(await refused({ 'registry-ca': '' })).toContain('TLS_UNTRUSTED')
  })

  test('makes three requests, and one more for a tag', async () => {
    const { caPem, host, username, password } = registry
    await using between = await startFaultServer({
      script: () => undefined,
      upstream: { url: `https://${host}`, caPem },
    })
    const access = { 'registry-username': username, 'registry-password': password }
    const image = `${between.host}/dev/app`
    const inputs = { ...access, image, 'plain-http': 'true', 'registry-ca': '' }
    expect((await assertWith(inputs)).exitCode).toBe(0)
    // The first is answered by the challenge.
    expect(between.requests).toHaveLength(3)
    expect(between.connections()).toBe(1)
    expect((await assertWith({ ...inputs, image: `${image}:1` })).exitCode).toBe(0)
    expect(between.requests).toHaveLength(7)
  })

  test.concurrent.each([
    ['a login page', loginPage, 'REGISTRY_LOGIN_PAGE'],
    ['a redirect to a login', redirectTo('https://sso.internal/login', 302), 'REGISTRY_LOGIN_PAGE'],
    ['401', answer(401, { errors: [{ code: 'UNAUTHORIZED' }] }), 'REGISTRY_UNAUTHORIZED'],
    ['403', answer(403, { errors: [{ code: 'DENIED' }] }), 'REGISTRY_DENIED'],
    ['404', answer(404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] }), 'DIGEST_ABSENT'],
    [
      '404 of another server',
      answer(404, '<html></html>', { 'content-type': 'text/html' }),
      'REGISTRY_LOGIN_PAGE',
    ],
    // What follows is ended by the deadline alone.
    ['429 without end', answer(429), 'REGISTRY_BUSY', '5'],
    ['500 without end', answer(500), 'REGISTRY_BUSY', '5'],
    ['503 without end', answer(503), 'REGISTRY_BUSY', '5'],
    ['an answer byte by byte', trickle, 'DEADLINE_EXCEEDED', '2'],
    ['no answer', hang, 'DEADLINE_EXCEEDED', '2'],
  ])('gives %s its own code, within the deadline', async (_what, reply, code, timeout = '15') => {
    await using server = await startFaultServer({ script: () => reply })
    const image = `${server.host}/dev/app`
    const start = Date.now()
    const inputs = { image, 'plain-http': 'true', 'registry-ca': '', 'timeout-seconds': timeout }
    expect(await refused(inputs)).toContain(code)
    expect(Date.now() - start).toBeLessThan(20_000)
  })

  test('a registry that is away is CONNECTION_REFUSED', async () => {
    const inputs = { image: '127.0.0.2:1/dev/app', 'timeout-seconds': '2' }
    expect(await refused(inputs)).toContain('CONNECTION_REFUSED')
  })

  test('reports every problem of its inputs at once', async () => {
    const message = await refused({ image: 'App', 'plain-http': 'maybe', 'timeout-seconds': '0' })
    expect(message).toMatch(/image[\s\S]*plain-http[\s\S]*timeout-seconds/)
  })

  test('says so in the log and the summary where it speaks plain HTTP', async () => {
    const { caPem, host, username, password } = registry
    await using between = await startFaultServer({
      script: () => undefined,
      upstream: { url: `https://${host}`, caPem },
    })
    const access = { 'registry-username': username, 'registry-password': password }
    const inputs = {
      ...access,
      image: `${between.host}/dev/app`,
      'plain-http': 'true',
      'registry-ca': '',
    }
    const result = await assertWith(inputs)
    expect(result.annotations.map(({ level }) => level)).toEqual(['warning'])
    expect(result.summary).toContain('plain-http')
  })

  test('hands on nothing of a config that is no platform, and runs no command in it', async () => {
    const sha = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
    const architecture = 'amd64\n::error::forged\n::add-path::/evil'
    const config = JSON.stringify({ os: 'linux', architecture, rootfs: { diff_ids: [] } })
    const type = 'application/vnd.oci.image.manifest.v1+json'
    const configType = 'application/vnd.oci.image.config.v1+json'
    const descriptor = { mediaType: configType, digest: sha(config), size: config.length }
    const manifest = JSON.stringify({ schemaVersion: 2, config: descriptor, layers: [] })
    await using server = await startFaultServer({
      script: ({ path }) =>
        path.includes('/blobs/')
          ? answer(200, config, { 'content-type': 'application/octet-stream' })
          : answer(200, manifest, { 'content-type': type }),
    })
    const image = `${server.host}/dev/app@${sha(manifest)}`
    const inputs = { image, digest: '', 'plain-http': 'true', 'registry-ca': '' }
    const { exitCode, annotations, outputs } = await assertWith(inputs)
    expect(exitCode).toBe(0)
    expect(annotations.map(({ level }) => level)).toEqual(['warning'])
    expect(outputs['platforms']).toBe('')
  })

  test.skipIf(lacksTools('node20'))('behaves the same on Node 20', async () => {
    expect((await assertWith({}, { node: 20 })).outputs['digest']).toBe(digest)
  })
})
