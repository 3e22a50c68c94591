import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  findLeftovers,
  findSecrets,
  runPost,
  startAction,
  type TestRegistry,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crane, unpackImage } from './build/base-image.ts'
import { type BuildSite, engines, lacksBuildTools, startBuildSite } from './build/build-site.ts'
import { changesBetween, contentsOf, runnerState } from './build/file-tree.ts'

const dockerfile = `ARG BASE
FROM \${BASE} AS tools
ARG GREETING
RUN echo "$GREETING" > /greeting && mkdir -p /opt/tool && echo tool > /opt/tool/bin
RUN echo "discarded" > /var-of-the-first-stage && touch /gone && rm /gone
FROM \${BASE}
COPY --from=tools /greeting /etc/greeting
COPY --from=tools /opt/tool /opt/tool
COPY src /srv
ARG HTTP_PROXY
RUN test -z "$HTTP_PROXY$NO_PROXY"
RUN rm /bin/wget && echo made > /made && echo x > /dev/null
USER 65534
RUN test "$(cat /made)" = made && echo x > /dev/null
CMD ["/bin/sh"]
`

for (const engine of engines) {
  describe.skipIf(lacksBuildTools)(`kaniko-build with a real ${engine}`, () => {
    let site: BuildSite
    let registry: TestRegistry
    let base: string

    beforeAll(async () => {
      site = await startBuildSite(engine)
      registry = site.registry
      base = site.base
    })

    afterAll(() => site[Symbol.asyncDispose]())

    const build = (inputs: Readonly<Record<string, string>> = {}, text = dockerfile) =>
      site.build(text, inputs)
    const refused = (inputs: Readonly<Record<string, string>>, text: string) =>
      site.refused(text, inputs)

    test('a build of several stages gives exactly the expected files, and leaves the runner as it was', async () => {
      const before = runnerState()
      const result = await build()
      expect(result).toMatchObject({ exitCode: 0, annotations: [] })
      expect(changesBetween(before, runnerState())).toEqual([])
      const tree = unpackImage(registry, result.outputs['image'] ?? '')
      const image = contentsOf(tree)
      const { 'bin/wget': _, ...expected } = contentsOf(unpackImage(registry, base))
      const added = ['etc/greeting', 'opt/tool/bin', 'srv/data', 'made']
      expect(Object.keys(image).sort()).toEqual([...Object.keys(expected), ...added].sort())
      expect(image).toMatchObject(expected)
      expect(readFileSync(join(tree, 'etc/greeting'), 'utf8')).toBe('hello there\n')
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
      expect(readFileSync(join(tree, 'greeting'), 'utf8')).toBe('first line\nsecond line\n')
    })

    test('shows a build secret to the RUN that asks for it, and to no layer', async () => {
      const secret = 'canary-build-secret-4T'
      const text = `FROM ${base}\nRUN --mount=type=secret,id=token cat /run/secrets/token > /dev/null && echo seen > /seen\n`
      const inputs = { 'secret-envs': 'token=BUILD_TOKEN' }
      const result = await site.build(text, inputs, { BUILD_TOKEN: secret })
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

    test('takes layers from a cache repository, and never its digest for that of the image', async () => {
      const cache = { 'cache-repository': `${registry.host}/dev/cache` }
      const text = `FROM ${base}\nRUN echo one > /one\n`
      const hit = /Cache pulled from remote|Using caching version of cmd/
      for (const hits of [false, true]) {
        const { exitCode, log, outputs } = await build(cache, text)
        expect({ exitCode, hits: hit.test(log) }).toEqual({ exitCode: 0, hits })
        expect(crane(registry, ['digest', `${registry.host}/dev/app:1`])).toBe(outputs['digest'])
        const image = unpackImage(registry, outputs['image'] ?? '')
        expect(existsSync(join(image, 'one'))).toBe(true)
      }
      // The first RUN pushes a layer to the cache, the second fails.
      expect(await refused(cache, `${text}RUN exit 42\n`)).toContain('BUILD_FAILED')
    })

    test('a cancelled build leaves no process, mount or credential behind', async () => {
      const running = startAction(
        'kaniko-build',
        site.optionsOf(`FROM ${base}\nRUN echo sleeping && sleep 301\n`),
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
