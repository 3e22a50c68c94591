import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
import { changesBetween, contentsOf, runnerState } from './build/file-tree.ts'

// A real kaniko is on no registry that CI reaches; who has one names it, and it is held to the same.
const kaniko = process.env['TIERSEAL_KANIKO']
const engines = [
  ['buildah', () => ({ engine: 'buildah', 'buildah-path': toolPath('buildah') })],
  ...(kaniko === undefined ? [] : [['kaniko', () => ({ 'kaniko-path': kaniko })] as const]),
] as const

const dockerfile = `ARG BASE
FROM \${BASE} AS tools
ARG GREETING
RUN echo "$GREETING" > /greeting && mkdir -p /opt/tool && echo tool > /opt/tool/bin
RUN echo "discarded" > /var-of-the-first-stage && touch /gone && rm /gone
FROM \${BASE}
COPY --from=tools /greeting /etc/greeting
COPY --from=tools /opt/tool /opt/tool
COPY src /srv
RUN rm /bin/wget && echo made > /made && echo x > /dev/null
CMD ["/bin/sh"]
`

const isRoot = process.getuid?.() === 0
const tools = ['buildah', 'registry', 'crane', 'busybox'] as const

for (const [engine, engineInputs] of engines) {
  describe.skipIf(lacksTools(...tools) || !isRoot)(`kaniko-build with a real ${engine}`, () => {
    let registry: TestRegistry
    let base: string

    beforeAll(async () => {
      registry = await startRegistry()
      base = pushBaseImage(registry)
    })

    afterAll(() => registry.stop())

    function optionsOf(inputs: Readonly<Record<string, string>> = {}, text = dockerfile) {
      const cwd = temporaryDirectory('workspace')
      mkdirSync(join(cwd, 'src'))
      writeFileSync(join(cwd, 'Dockerfile'), text)
      writeFileSync(join(cwd, 'src/data'), 'data\n')
      const { caPath, username, password } = registry
      const own = {
        ...engineInputs(),
        destination: `${registry.host}/dev/app:1`,
        'build-args': `BASE=${base}\nGREETING=hello there`,
        'registry-ca': caPath,
        'registry-username': username,
        'registry-password': password,
        'timeout-seconds': '90',
      }
      return { cwd, inputs: { ...own, ...inputs } }
    }

    const build = (inputs: Readonly<Record<string, string>> = {}, text = dockerfile) =>
      runAction('kaniko-build', optionsOf(inputs, text))

    async function refused(inputs: Readonly<Record<string, string>>, text: string) {
      const result = await build(inputs, text)
      expect(result.exitCode).toBe(1)
      expect(result.outputs).toEqual({})
      return result.annotations.map(({ message }) => message).join('\n')
    }

    test('a build of several stages gives exactly the expected files, and leaves the runner as it was', async () => {
      const before = runnerState()
      const result = await build()
      expect(result).toMatchObject({ exitCode: 0, annotations: [] })
      expect(changesBetween(before, runnerState())).toEqual([])
      const image = contentsOf(unpackImage(registry, result.outputs['image'] ?? ''))
      const { 'bin/wget': _, ...expected } = contentsOf(unpackImage(registry, base))
      const added = ['etc/greeting', 'opt/tool/bin', 'srv/data', 'made']
      expect(Object.keys(image).sort()).toEqual([...Object.keys(expected), ...added].sort())
      expect(image).toMatchObject(expected)
      expect(findLeftovers(result.directory)).toEqual({ processes: [], mounts: [] })
    })

    test('gives the digest that the registry holds, at every destination', async () => {
      const { host } = registry
      const destination = `${host}/dev/app:1\n${host}/dev/app:2\n${host}/dev/other:1`
      const { outputs } = await build({ destination })
      for (const reference of destination.split('\n')) {
        expect(crane(registry, ['digest', reference])).toBe(outputs['digest'])
      }
    })

    test('gives the same digest for the same input where reproducible is asked for', async () => {
      const first = await build({ reproducible: 'true' })
      const second = await build({ reproducible: 'true' })
      expect(first.exitCode).toBe(0)
      expect(second.outputs['digest']).toBe(first.outputs['digest'])
    })

    test('sets labels and the target, and passes build arguments of several lines', async () => {
      const inputs = {
        'build-args': `BASE=${base}\n"GREETING=first line\nsecond line"`,
        labels: 'org.opencontainers.image.revision=abc def',
        target: 'tools',
      }
      const { outputs } = await build(inputs)
      const config: unknown = JSON.parse(crane(registry, ['config', outputs['image'] ?? '']))
      expect(config).toMatchObject({
        config: { Labels: { 'org.opencontainers.image.revision': 'abc def' } },
      })
      const tree = unpackImage(registry, outputs['image'] ?? '')
      expect(existsSync(join(tree, 'var-of-the-first-stage'))).toBe(true)
    })

    test('shows a build secret to the RUN that asks for it, and to no layer', async () => {
      const secret = 'canary-build-secret-4T'
      const text = `FROM ${base}\nRUN --mount=type=secret,id=token cat /run/secrets/token > /dev/null && echo seen > /seen\n`
      const options = optionsOf({ 'secret-envs': 'token=BUILD_TOKEN' }, text)
      const result = await runAction('kaniko-build', { ...options, env: { BUILD_TOKEN: secret } })
      expect(result).toMatchObject({ exitCode: 0 })
      const tree = unpackImage(registry, result.outputs['image'] ?? '')
      expect(existsSync(join(tree, 'seen'))).toBe(true)
      const secrets = { secret, password: registry.password }
      expect(findSecrets(tree, secrets)).toEqual([])
      expect(findSecrets(result.directory, secrets)).toEqual([])
      expect(findSecrets({ log: result.maskedLog }, secrets)).toEqual([])
    })

    test('pulls a base image without a host from the mirror that is named for it', async () => {
      const text = 'FROM docker.io/base/busybox:1\nRUN echo mirrored > /mirrored\n'
      const result = await build({ 'registry-mirrors': `docker.io=${registry.host}` }, text)
      expect(result).toMatchObject({ exitCode: 0 })
    })

    test('a cancelled build leaves no process, mount or credential behind', async () => {
      const running = startAction(
        'kaniko-build',
        optionsOf({}, `FROM ${base}\nRUN echo sleeping && sleep 301\n`),
      )
      await running.waitForLog(/^\| sleeping/m)
      running.kill()
      const killed = await running.result
      expect((await runPost(killed)).exitCode).toBe(0)
      expect(readdirSync(killed.runnerTemp)).toEqual([])
      expect(findLeftovers(killed.directory)).toEqual({ processes: [], mounts: [] })
      expect(findLeftovers('sleep 301').processes).toEqual([])
    })

    test.each([
      ['a RUN that fails', 'RUN exit 42\n', 'BUILD_FAILED'],
      [
        'a RUN that prints the text of another failure',
        'RUN echo x509: certificate signed by unknown authority >&2 && exit 1\n',
        'BUILD_FAILED',
      ],
      ['a COPY of a file that is not there', 'COPY absent /x\n', 'DOCKERFILE_INVALID'],
      ['an unknown instruction', 'FORM x\n', 'DOCKERFILE_INVALID'],
    ])('names the true cause of %s', async (_what, line, code) => {
      expect(await refused({}, `FROM ${base}\n${line}`)).toContain(code)
    })

    test('names the true cause of a base image that is not there', async () => {
      expect(await refused({}, `FROM ${registry.host}/base/absent:1\n`)).toContain(
        'BASE_IMAGE_UNAVAILABLE',
      )
    })

    test('asks no public registry for a base image without a host', async () => {
      for (const name of ['busybox', 'docker.io/library/busybox:1']) {
        const message = await refused({}, `FROM ${name}\nRUN true\n`)
        expect(message).toContain('BASE_IMAGE_UNAVAILABLE')
        expect(message).not.toMatch(/registry-1|index\.docker\.io|no such host/)
      }
    })

    test('names the true cause of a stage that is not there', async () => {
      expect(await refused({ target: 'absent' }, dockerfile)).toContain('DOCKERFILE_INVALID')
    })
  })
}
