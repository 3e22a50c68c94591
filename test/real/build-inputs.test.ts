import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  findSecrets,
  makeCertificateAuthority,
  type RegistryDoor,
  startRegistry,
  startRegistryDoor,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crane, pushBaseImage, unpackImage } from './build/base-image.ts'
import { type BuildSite, engines, lacksBuildTools, startBuildSite } from './build/build-site.ts'

for (const engine of engines) {
  describe.skipIf(lacksBuildTools)(`an input of kaniko-build with a real ${engine}:`, () => {
    let site: BuildSite

    beforeAll(async () => {
      site = await startBuildSite(engine)
    })

    afterAll(() => site[Symbol.asyncDispose]())

    const small = 'FROM scratch\nCOPY src /srv\n'

    function readImage(command: 'config' | 'manifest', reference: string): unknown {
      return JSON.parse(crane(site.registry, [command, reference]))
    }

    /** The image that was pushed through a door, where the registry itself has it. */
    const behind = (door: RegistryDoor, image: string | undefined): string =>
      (image ?? '').replace(door.host, site.registry.host)

    test('a secret file is seen by the RUN that asks for it, and stands in no layer, log or folder', async () => {
      const secret = 'canary-secret-file-8K\nof two lines, canary-second-8K\n'
      const path = join(temporaryDirectory('secret'), 'token')
      writeFileSync(path, secret)
      const check = `test "$(cat /run/secrets/token | wc -c)" = ${secret.length}`
      const text = `FROM ${site.base}\nRUN --mount=type=secret,id=token ${check} && echo seen > /seen\n`
      const result = await site.build(text, { 'secret-files': `token=${path}` })
      expect(result).toMatchObject({ exitCode: 0, annotations: [] })
      const tree = unpackImage(site.registry, result.outputs['image'] ?? '')
      expect(existsSync(join(tree, 'seen'))).toBe(true)
      expect(findSecrets(tree, { secret })).toEqual([])
      expect(findSecrets(result.directory, { secret })).toEqual([])
      expect(findSecrets({ log: result.maskedLog }, { secret })).toEqual([])
    })

    test('platform is that of the image, and not of the runner', async () => {
      const { outputs } = await site.build(small, { platform: 'linux/arm64' })
      const config = readImage('config', outputs['image'] ?? '')
      expect(config).toMatchObject({ os: 'linux', architecture: 'arm64' })
    })

    test('extra-args reach the engine, value by value', async () => {
      const inputs = { 'extra-args': '--annotation=org.example.note=two words, = and all' }
      const { outputs } = await site.build(small, inputs)
      const manifest = readImage('manifest', outputs['image'] ?? '')
      expect(manifest).toMatchObject({
        annotations: { 'org.example.note': 'two words, = and all' },
      })
    })

    test('verbosity shows what the engine does inside', async () => {
      const quiet = await site.build(small)
      const loud = await site.build(small, { verbosity: 'debug' })
      expect(quiet.log).not.toMatch(/level=debug/i)
      expect(loud.log).toMatch(/^\| .*level=debug/im)
      expect(findSecrets({ log: loud.maskedLog }, { password: site.registry.password })).toEqual([])
    })

    test('the client certificate is shown to a registry that asks for one', async () => {
      await using door = await startRegistryDoor(site.registry, site.ca, 'client-certificate')
      const destination = `${door.host}/dev/mutual:1`
      expect(await site.refused(small, { destination })).toMatch(
        /TLS_CLIENT_CERTIFICATE_REQUIRED|CONNECTION_FAILED/,
      )
      const client = site.ca.issue('client')
      const result = await site.build(small, {
        destination,
        'registry-client-certificate': client.certificate,
        'registry-client-key': client.key,
      })
      expect(result).toMatchObject({ exitCode: 0, annotations: [] })
      expect(crane(site.registry, ['digest', behind(door, destination)])).toBe(
        result.outputs['digest'],
      )
    })

    test('plain-http is spoken only where it is asked for, and said', async () => {
      await using door = await startRegistryDoor(site.registry, site.ca, 'plain')
      const destination = `${door.host}/dev/plain:1`
      expect(await site.refused(small, { destination })).toContain('TLS_FAILED')
      const base = `${door.host}/${site.base.split('/').slice(1).join('/')}`
      const result = await site.build(`FROM ${base}\nRUN echo made > /made\n`, {
        destination,
        'plain-http': 'true',
      })
      expect(result.exitCode).toBe(0)
      expect(result.annotations.map(({ level, message }) => `${level} ${message}`)).toEqual([
        `warning plain-http: the connection to ${door.host} is not protected.`,
      ])
      expect(result.summary).toContain('plain-http')
      expect(crane(site.registry, ['digest', behind(door, destination)])).toBe(
        result.outputs['digest'],
      )
    })

    test('skip-tls-verify lets the engine push, and nothing is called proven', async () => {
      const destination = `${site.registry.host}/dev/unproven:1`
      const inputs = { destination, 'registry-ca': '', 'skip-tls-verify': 'true' }
      const { exitCode, outputs, log, summary } = await site.build(small, inputs)
      expect(exitCode).toBe(0)
      expect(crane(site.registry, ['digest', destination])).toBe(outputs['digest'])
      expect(log).toContain(`${outputs['image']} is not proven: skip-tls-verify`)
      expect(log).not.toContain('is in the registry')
      expect(summary).toContain('not proven: skip-tls-verify')
    })

    test.each(['plain-http', 'skip-tls-verify'])(
      '%s is for the registries of the inputs, and not for that of a base image',
      async (name) => {
        const foreign = makeCertificateAuthority(temporaryDirectory('foreign-ca'))
        await using elsewhere = await startRegistry({ ca: foreign })
        const base = pushBaseImage(elsewhere)
        await using door = await startRegistryDoor(site.registry, site.ca, 'plain')
        const host = name === 'plain-http' ? door.host : site.registry.host
        const inputs = { destination: `${host}/dev/mixed:1`, [name]: 'true' }
        const message = await site.refused(`FROM ${base}\nRUN true\n`, inputs)
        expect(message).toMatch(/TLS_UNTRUSTED|BASE_IMAGE_UNAVAILABLE/)
        expect(message).toMatch(/certificate signed by unknown authority/)
      },
    )
  })
}
