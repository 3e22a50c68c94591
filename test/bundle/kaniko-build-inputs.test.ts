import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  findSecrets,
  lacksTools,
  makeCertificateAuthority,
  type SiteCertificateAuthority,
  startAirGap,
  startRegistry,
  startRegistryDoor,
  type TestRegistry,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crane } from '../real/build/base-image.ts'
import { buildWithStandIn } from './build/stand-in.ts'

const lacksRoot = process.getuid?.() !== 0
const plain = 'FROM scratch\nCOPY data.txt /srv/data.txt\n'

describe.skipIf(lacksTools('kaniko-stand-in', 'registry', 'crane') || lacksRoot)(
  'an input of kaniko-build in a sandbox, with a stand-in for kaniko:',
  () => {
    let ca: SiteCertificateAuthority
    let registry: TestRegistry

    beforeAll(async () => {
      ca = makeCertificateAuthority(temporaryDirectory('build-ca'))
      registry = await startRegistry({ ca })
    })

    afterAll(() => registry.stop())

    const build = (dockerfile: string, inputs = {}, options = {}) =>
      buildWithStandIn(registry, dockerfile, inputs, options)

    function readImage(command: 'config' | 'manifest', reference: string): unknown {
      return JSON.parse(crane(registry, [command, reference]))
    }

    test('secret-files are read by a RUN, byte by byte, and nowhere else', async () => {
      const secret = 'canary-secret-file-3N\nof two lines, canary-second-3N\n'
      const path = join(temporaryDirectory('secret'), 'token')
      writeFileSync(path, secret)
      const inputs = { 'secret-files': `token=${path}` }
      const result = await build(`${plain}RUN secret token\n`, inputs)
      expect(result).toMatchObject({ exitCode: 0, annotations: [] })
      expect(result.log).toContain(`secret token has ${secret.length} bytes`)
      expect(findSecrets(result.directory, { secret })).toEqual([])
      expect(findSecrets({ log: result.maskedLog }, { secret })).toEqual([])
    })

    test('secret-files that are not there are refused by name before any work is done', async () => {
      const inputs = { 'secret-files': 'one=/nowhere/1\ntwo=/nowhere/2' }
      const result = await build(`${plain}RUN say work was done\n`, inputs)
      const [error] = result.annotations
      expect(error?.message).toMatch(/secret one: ENOENT[\s\S]*secret two: ENOENT/)
      expect(result.log).not.toContain('work was done')
    })

    test('platform is that of the image', async () => {
      const { outputs } = await build(plain, { platform: 'linux/arm64' })
      const config = readImage('config', outputs['image'] ?? '')
      expect(config).toMatchObject({ os: 'linux', architecture: 'arm64' })
    })

    test('extra-args reach kaniko, value by value', async () => {
      const inputs = {
        'extra-args': '--annotation=org.example.note=two words, = and all\n--single-snapshot',
      }
      const { outputs } = await build(plain, inputs)
      expect(readImage('manifest', outputs['image'] ?? '')).toMatchObject({
        annotations: { 'org.example.note': 'two words, = and all' },
      })
    })

    test('extra-args that this kaniko does not know are refused before any work is done', async () => {
      const inputs = { 'extra-args': '--image-download-retry=3' }
      const result = await build(`${plain}RUN say work was done\n`, inputs)
      const [error] = result.annotations
      expect(error?.message).toMatch(/ENGINE_CANNOT: .*does not know --image-download-retry/)
      expect(result.log).not.toContain('work was done')
    })

    test('verbosity shows what kaniko does inside', async () => {
      const [quiet, loud] = [await build(plain), await build(plain, { verbosity: 'debug' })]
      expect(quiet.log).not.toContain('level=debug')
      expect(loud.log).toMatch(/^\| .*level=debug/m)
    })

    test('registry-client-certificate is shown to a registry that asks for one', async () => {
      await using door = await startRegistryDoor(registry, ca, 'client-certificate')
      const destination = `${door.host}/dev/mutual:1`
      const without = await build(plain, { destination })
      expect(without.log).toMatch(/TLS_CLIENT_CERTIFICATE_REQUIRED|CONNECTION_FAILED/)
      const client = ca.issue('client')
      const result = await build(plain, {
        destination,
        'registry-client-certificate': client.certificate,
        'registry-client-key': client.key,
      })
      expect(result).toMatchObject({ exitCode: 0, annotations: [] })
      expect(crane(registry, ['digest', `${registry.host}/dev/mutual:1`])).toBe(
        result.outputs['digest'],
      )
    })

    test('no registry of a private network is asked over plain HTTP, unless a Dockerfile says http://', async () => {
      await using gap = await startAirGap({ reach: [registry.host], gateway: 'no-route' })
      // Kaniko races plain HTTP against TLS for such an address, with the credentials that it has for it.
      const host = '10.77.0.1:5000'
      const server = `require('node:child_process').execFileSync('ip', ['addr', 'add', '10.77.0.1/32', 'dev', 'lo'])
        require('node:http').createServer(({ method, url }, response) => {
          console.log(method, url)
          response.writeHead(404).end()
        }).listen(5000, '10.77.0.1', () => console.log('listens'))`
      const [program, ...args] = [...gap.prefix, process.execPath, '--eval', server]
      const plainServer = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const lines: string[] = []
      createInterface({ input: plainServer.stdout }).on('line', (line) => lines.push(line))
      try {
        await expect.poll(() => lines, { timeout: 10_000 }).toEqual(['listens'])
        const from = `FROM ${host}/base/app:1\n`
        const { annotations } = await build(from, {}, { network: gap })
        expect(annotations[0]?.message).toMatch(/^TLS_FAILED: /)
        expect(lines).toEqual(['listens'])
        await build(`${from}# An ADD of http://${host}/file\n`, {}, { network: gap })
        expect(lines).toContain('GET /v2/')
      } finally {
        plainServer.kill('SIGKILL')
      }
    })

    test('a host that is only named as a cache or mirror proves itself over TLS before the build', async () => {
      await using door = await startRegistryDoor(registry, ca, 'plain')
      for (const inputs of [
        { 'cache-repository': `${door.host}/dev/cache` },
        { 'registry-mirrors': `docker.io=${door.host}/hub` },
      ]) {
        const { exitCode, log } = await build(`${plain}RUN say work was done\n`, inputs)
        expect(exitCode).toBe(1)
        expect(log).toContain('TLS_FAILED')
        expect(log).not.toContain('work was done')
      }
    })

    test('plain-http is spoken only where it is asked for, and said', async () => {
      await using door = await startRegistryDoor(registry, ca, 'plain')
      const destination = `${door.host}/dev/plain:1`
      const without = await build(plain, { destination })
      expect(without.log).toContain('TLS_FAILED')
      const result = await build(plain, { destination, 'plain-http': 'true' })
      expect(result.exitCode).toBe(0)
      expect(result.annotations.map(({ level, message }) => `${level} ${message}`)).toEqual([
        `warning plain-http: the connection to ${door.host} is not protected.`,
      ])
      expect(result.summary).toContain('plain-http')
      expect(crane(registry, ['digest', `${registry.host}/dev/plain:1`])).toBe(
        result.outputs['digest'],
      )
    })
  },
)
