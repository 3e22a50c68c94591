import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import {
  findLeftovers,
  findSecrets,
  lacksTools,
  runAction,
  runPost,
  startAction,
  startRegistry,
  type TestRegistry,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crane, pushBaseImage, unpackImage } from './build/base-image.ts'
import { makeContainer, type TestContainer } from './build/container.ts'

const real = process.env['TIERSEAL_KANIKO']
const executors = [
  ['a stand-in that follows its recorded behaviour', undefined],
  ...(real === undefined ? [] : [['the real executor', real] as const]),
] as const
const isRoot = process.getuid?.() === 0
const tools = ['kaniko-stand-in', 'registry', 'crane', 'busybox'] as const
// As kaniko starts a RUN, and as the stand-in does.
const sleepers = ['sleep 305', 'sleep-as-run 305']
const secret = 'canary-build-secret-6P'

for (const [name, path] of executors) {
  describe.skipIf(lacksTools(...tools) || !isRoot)(`kaniko-build in place, with ${name}`, () => {
    let registry: TestRegistry
    let base: string
    let container: TestContainer
    const ownFile = () => join(container.root, 'opt/of-the-container')

    beforeAll(async () => {
      registry = await startRegistry()
      base = pushBaseImage(registry)
      await newContainer()
    })

    afterAll(async () => {
      container.stop()
      await registry.stop()
    })

    // The steps of a container keep their files on its volume.
    async function newContainer(): Promise<void> {
      const volume = temporaryDirectory('volume')
      container = await makeContainer(path ?? toolPath('kaniko-stand-in'), volume)
      process.env['TMPDIR'] = volume
    }

    function optionsOf(lines: string) {
      const cwd = temporaryDirectory('workspace')
      mkdirSync(join(cwd, 'src'))
      writeFileSync(join(cwd, 'Dockerfile'), `FROM ${base}\nCOPY src/data /srv/data\n${lines}\n`)
      writeFileSync(join(cwd, 'src/data'), 'data\n')
      const inputs = {
        executor: 'in-place',
        destination: `${registry.host}/dev/app:1`,
        'registry-ca': registry.caPem,
        'registry-username': registry.username,
        'registry-password': registry.password,
        'secret-envs': 'token=BUILD_TOKEN',
        'timeout-seconds': '90',
      }
      return {
        cwd,
        inputs,
        env: { BUILD_TOKEN: secret, container: 'docker' },
        wrapper: container.wrapper(cwd),
      }
    }

    const build = (lines: string, inputs = {}) => {
      const options = optionsOf(lines)
      return runAction('kaniko-build', { ...options, inputs: { ...options.inputs, ...inputs } })
    }
    const inKaniko = () => readdirSync(join(container.root, 'kaniko')).sort()

    test('gives the digest that the registry holds, and puts the container back', async () => {
      const before = inKaniko()
      const result = await build('RUN true')
      expect(result).toMatchObject({ exitCode: 0 })
      expect(result.outputs['digest']).toBe(
        crane(registry, ['digest', `${registry.host}/dev/app:1`]),
      )
      const tree = unpackImage(registry, result.outputs['image'] ?? '')
      expect(readFileSync(join(tree, 'srv/data'), 'utf8')).toBe('data\n')
      expect(existsSync(join(tree, 'opt/of-the-container'))).toBe(false)
      expect(readFileSync(ownFile(), 'utf8')).toBe('its own\n')
      expect(inKaniko()).toEqual(before)
      expect(findSecrets(container.root, { secret, password: registry.password })).toEqual([])
    })

    test('puts the container back after a RUN that fails, too', async () => {
      const before = inKaniko()
      const result = await build('RUN exit 42')
      expect(result.exitCode).toBe(1)
      expect(result.log).toContain('BUILD_FAILED')
      expect(readFileSync(ownFile(), 'utf8')).toBe('its own\n')
      expect(inKaniko()).toEqual(before)
      expect(findSecrets(container.root, { secret, password: registry.password })).toEqual([])
    })

    test('is refused without a right that unpacking an image takes, before anything is deleted', async () => {
      const options = optionsOf('RUN true')
      const wrapper = [...options.wrapper, '/usr/bin/setpriv', '--bounding-set=-fowner', '--']
      const { exitCode, log } = await runAction('kaniko-build', { ...options, wrapper })
      expect(exitCode).toBe(1)
      expect(log).toMatch(/PERMISSION_MISSING: executor in-place needs .*; missing: CAP_FOWNER/)
      expect(log).not.toContain('are deleted now')
    })

    test('reads the credentials where kaniko images keep them, if the step gives none', async () => {
      const directory = join(container.root, 'kaniko/.docker')
      cpSync(registry.dockerConfigDirectory, directory, { recursive: true })
      const result = await build('RUN true', { 'registry-username': '', 'registry-password': '' })
      rmSync(directory, { recursive: true })
      expect(result).toMatchObject({ exitCode: 0 })
      expect(findSecrets(container.root, { password: registry.password })).toEqual([])
    })

    test('with a CA of the inputs, trusts no other that the container has', async () => {
      await using other = await startRegistry()
      const bundle = join(container.root, 'etc/ssl/certs/ca-certificates.crt')
      mkdirSync(dirname(bundle), { recursive: true })
      writeFileSync(bundle, other.caPem)
      const result = await build(`FROM ${other.host}/dev/base:1`)
      rmSync(bundle)
      expect(result.log).toContain('::error::TLS_UNTRUSTED: ')
    })

    test('after a cancel, leaves no process and no secret, and lets no other build begin', async () => {
      container.stop()
      await newContainer()
      const running = startAction('kaniko-build', optionsOf('RUN sleep 305'))
      await running.waitForLog(/RUN sleeps|Running: .*sleep 305/)
      running.kill()
      const killed = await running.result
      const post = await runPost(killed)
      expect(post.exitCode, post.log).toBe(0)
      expect(post.log).toContain('this container')
      for (const sleeper of sleepers) expect(findLeftovers(sleeper).processes).toEqual([])
      expect(findSecrets(container.root, { secret, password: registry.password })).toEqual([])
      await expectRefused()
    })

    async function expectRefused(): Promise<void> {
      const next = await build('RUN true')
      expect(next.exitCode).toBe(1)
      expect(next.log).toContain('EXECUTOR_REFUSED')
    }

    // The real executor names no file that it deletes or puts back.
    test.each(path === undefined ? ['Deleting opt', 'Restoring opt'] : [])(
      'after a cancel in the middle of "%s" the container counts as lost',
      async (moment) => {
        container.stop()
        await newContainer()
        const running = startAction('kaniko-build', optionsOf('# stand-in: slowly\nRUN true'))
        await running.waitForLog(moment)
        running.kill()
        const post = await runPost(await running.result)
        expect(post.log).toContain('Throw the container away')
        await expectRefused()
      },
    )

    test('at its deadline ends what a RUN started, where there are no namespaces', async () => {
      container.stop()
      await newContainer()
      writeFileSync(join(container.root, 'usr/bin/unshare'), '#!/bin/sh\nexit 1\n')
      const { exitCode, log } = await build('RUN sleep 305', { 'timeout-seconds': '8' })
      expect(exitCode).toBe(1)
      expect(log).toMatch(/RUN sleeps|Running: .*sleep 305/)
      expect(log).toContain('TOOL_TIMEOUT')
      for (const sleeper of sleepers) expect(findLeftovers(sleeper).processes).toEqual([])
    })
  })
}
