import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  findLeftovers,
  findSecrets,
  lacksTools,
  requestRegistry,
  runPost,
  startRegistry,
  type TestRegistry,
  temporaryDirectory,
  toolPath,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unpackImage } from '../real/build/base-image.ts'
import { changesBetween, runnerState } from '../real/build/file-tree.ts'
import { buildWithStandIn, startStandIn, workspaceWith } from './build/stand-in.ts'

const isRoot = process.getuid?.() === 0
// No shell: it would drop the inputs, whose names are none to it.
const underUmask = `const [umask, program, ...args] = process.argv.slice(1)
process.umask(umask)
const { spawnSync } = require('node:child_process')
process.exitCode = spawnSync(program, args, { stdio: 'inherit' }).status ?? 1`
const plain = 'FROM scratch\nCOPY data.txt /srv/data.txt\n'

describe.skipIf(lacksTools('kaniko-stand-in', 'registry', 'busybox') || !isRoot)(
  'kaniko-build in a sandbox, with a stand-in for kaniko that follows its recorded behaviour',
  () => {
    let registry: TestRegistry

    beforeAll(async () => {
      registry = await startRegistry()
    })

    afterAll(() => registry.stop())

    const build = (dockerfile: string, inputs = {}, options = {}) =>
      buildWithStandIn(registry, dockerfile, inputs, options)

    async function refusal(dockerfile: string, inputs = {}) {
      const result = await build(dockerfile, inputs)
      expect(result.exitCode).toBe(1)
      expect(result.outputs).toEqual({})
      return { log: result.log, message: result.annotations.map((each) => each.message).join('\n') }
    }

    const refused = async (dockerfile: string, inputs = {}) =>
      (await refusal(dockerfile, inputs)).message

    async function digestOfTag(path: string, tag: string) {
      const accept =
        'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'
      const answer = await requestRegistry(registry, 'HEAD', `${path}/manifests/${tag}`, { accept })
      return answer.headers['docker-content-digest']
    }

    test('hands on the digest that the registry holds, for every destination, and leaves the runner as it was', async () => {
      const { host } = registry
      const destination = `${host}/dev/app:1\n${host}/dev/app:two\n${host}/dev/other:1`
      const folders = ['/etc', '/opt', '/srv', '/usr/local/bin', '/kaniko']
      const before = runnerState(folders)
      const { exitCode, annotations, outputs, summary } = await build(plain, { destination })
      expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] })
      expect(changesBetween(before, runnerState(folders))).toEqual([])
      const digest = outputs['digest'] ?? ''
      expect(await digestOfTag('dev/app', '1')).toBe(digest)
      expect(await digestOfTag('dev/other', '1')).toBe(digest)
      expect(outputs['image']).toBe(`${host}/dev/app@${digest}`)
      expect(outputs['images']).toBe(`${host}/dev/app@${digest}\n${host}/dev/other@${digest}`)
      expect(summary).toContain(digest)
      expect(summary).toContain('executor sandbox')
    })

    test('writes the digest file for the next step: 71 bytes, no newline', async () => {
      const { outputs } = await build(plain, { 'digest-file': 'out/digest' })
      const text = readFileSync(outputs['digest-file'] ?? '', 'utf8')
      expect(text).toBe(outputs['digest'])
    })

    test.each([
      ['a build that fails', {}],
      ['a step that is refused for its inputs', { verbosity: 'loud', destination: '' }],
    ])('leaves no digest of an earlier build after %s', async (_what, inputs) => {
      const cwd = workspaceWith({ Dockerfile: 'RUN exit 3\n', digest: `sha256:${'a'.repeat(64)}` })
      const result = await build('', { 'digest-file': 'digest', ...inputs }, { cwd })
      expect(result.exitCode).toBe(1)
      expect(existsSync(join(cwd, 'digest'))).toBe(false)
    })

    test('never takes the digest of a cache push for that of the image', async () => {
      const inputs = { 'cache-repository': `${registry.host}/dev/cache` }
      const good = await build(`${plain}RUN true\n`, inputs)
      expect(await digestOfTag('dev/app', '1')).toBe(good.outputs['digest'])
      // The first RUN pushes a cache layer and writes its digest; the second fails.
      const message = await refused(`${plain}RUN true\nRUN exit 42\n`, inputs)
      expect(message).toContain('BUILD_FAILED')
      expect(message).toContain('exit status 42')
    })

    test('passes build arguments with blanks and line breaks as one value each', async () => {
      const buildArguments = 'A=two words\n"B=line one\nline ""two"" --no-push"\nC='
      const { outputs } = await build(plain, { 'build-args': buildArguments })
      const tree = unpackImage(registry, outputs['image'] ?? '')
      expect(JSON.parse(readFileSync(join(tree, 'build-args'), 'utf8'))).toEqual([
        'A=two words',
        'B=line one\nline "two" --no-push',
        'C=',
      ])
    })

    test('gives the same digest for the same input where reproducible is asked for', async () => {
      const first = await build(plain, { reproducible: 'true' })
      const second = await build(plain, { reproducible: 'true' })
      expect(second.outputs['digest']).toBe(first.outputs['digest'])
    })

    test('reads credentials from a config.json, file or folder, and a CA from PEM', async () => {
      const folder = registry.dockerConfigDirectory
      for (const place of [folder, join(folder, 'config.json')]) {
        const inputs = { 'registry-username': '', 'registry-password': '', 'docker-config': place }
        const result = await build(plain, { ...inputs, 'registry-ca': registry.caPem })
        expect(result.exitCode).toBe(0)
      }
    })

    test('gives kaniko an environment of its own, and the sandbox a root of its own', async () => {
      const env = {
        KANIKO_NO_PUSH: 'true',
        FF_KANIKO_X: '1',
        HTTP_PROXY: 'http://proxy',
        SECRET: 's',
      }
      const { log } = await build(`${plain}RUN environment\nRUN root\n`, {}, { env })
      expect(log).toMatch(/environment: /)
      expect(log).not.toMatch(/KANIKO_NO_PUSH|FF_KANIKO|http:\/\/proxy|SECRET=/)
      const names = [...log.matchAll(/root holds (\S+)/g)].map(([, name]) => name)
      expect(names.sort()).toEqual(['dev', 'etc', 'kaniko', 'proc', 'tmp'])
      expect(log).toContain('credentials have mode 0600')
    })

    test.each(['022', '077'])(
      'gives a RUN of a user without rights a root that it can use, under umask %s',
      async (umask) => {
        const wrapper = [process.execPath, '--eval', underUmask, umask]
        const { exitCode, log } = await build(`${plain}RUN nobody\n`, {}, { wrapper })
        const seen = [...log.matchAll(/nobody sees (\S+ \d+)/g)].map(([, line]) => line)
        const usual = ['/ 0755', '/dev 0755', '/dev/shm 1777', '/etc 0755', '/kaniko 0755']
        // What is mounted on /proc has a mode of its own.
        const proc = expect.stringMatching(/^\/proc 0[57]55$/)
        expect(seen).toEqual([...usual, proc, '/tmp 1777', 'umask 0022'])
        expect(exitCode).toBe(0)
      },
    )

    const fails = (path: string) => writeFileSync(path, '#!/bin/sh\nexit 1\n', { mode: 0o755 })

    /** The environment of a runner on which some programs are others than here. */
    function runnerWith(programs: Readonly<Record<string, (path: string) => void>>) {
      const directory = temporaryDirectory('path')
      for (const [name, place] of Object.entries(programs)) place(join(directory, name))
      return { env: { PATH: `${directory}:${process.env['PATH']}` } }
    }

    test.each([
      ['by the mknod of busybox', (path: string) => symlinkSync(toolPath('busybox'), path)],
      ['by the nodes of the runner, where none can be made', fails],
    ])('gives the root devices that can be read: %s', async (_how, mknod) => {
      const result = await build(`${plain}RUN nobody\n`, {}, runnerWith({ mknod }))
      expect(result).toMatchObject({ exitCode: 0, annotations: [] })
      expect(findLeftovers(result.directory)).toEqual({ processes: [], mounts: [] })
    })

    test.each(['sys_chroot', 'chown'])('is refused without CAP_%s, by name', async (capability) => {
      const wrapper = ['setpriv', `--bounding-set=-${capability}`, '--']
      const { exitCode, log } = await build(`${plain}RUN say work was done\n`, {}, { wrapper })
      expect(exitCode).toBe(1)
      const name = `CAP_${capability.toUpperCase()}`
      expect(log).toContain(`PERMISSION_MISSING: the sandbox needs ${name}`)
      expect(log).not.toContain('work was done')
    })

    test('is refused where it has no devices: programs would find no randomness', async () => {
      const runner = runnerWith({ mknod: fails, unshare: fails })
      const { exitCode, log } = await build(`${plain}RUN say work was done\n`, {}, runner)
      expect(exitCode).toBe(1)
      expect(log).toContain('PERMISSION_MISSING: the sandbox has no /dev/null, ')
      expect(log).not.toContain('work was done')
    })

    test('shows a RUN its own /proc/self/exe, not that of kaniko', async () => {
      const { log } = await build(`${plain}RUN executable\n`)
      // In a pid namespace the real link is there; without one ours is gone by the first RUN.
      expect(log).toMatch(
        /executable: pid 1, link there: true|executable: pid \d+, link there: false/,
      )
    })

    // The harness refuses a log that sets something, as the strictest runner reads it.
    test.each(['::error::forged', '##[error]forged', '::add-path::/evil', 'x ##[add-path]/evil'])(
      'never lets a line of a build be a command to the runner: %s',
      async (line) => {
        const { exitCode, log, annotations } = await build(`${plain}RUN say ${line}\n`)
        expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] })
        expect(log).toMatch(/forged|\/evil/)
      },
    )

    test('leaves nothing behind, and no secret anywhere', async () => {
      const secret = 'canary-build-secret-9X'
      const result = await build(
        plain,
        { 'secret-envs': 'token=BUILD_TOKEN' },
        { env: { BUILD_TOKEN: secret } },
      )
      expect(result.exitCode).toBe(0)
      expect(readdirSync(result.runnerTemp).filter((name) => !name.includes('digest'))).toEqual([])
      expect(findLeftovers(result.directory)).toEqual({ processes: [], mounts: [] })
      const secrets = { secret, password: registry.password }
      expect(findSecrets(result.directory, secrets)).toEqual([])
      expect(findSecrets({ log: result.maskedLog, summary: result.summary }, secrets)).toEqual([])
      const post = await runPost(result)
      expect(post.exitCode).toBe(0)
    })

    test('a cancelled build leaves no process, mount or credential behind', async () => {
      const running = startStandIn(registry, `${plain}RUN sleep 300\n`)
      await running.waitForLog('RUN sleeps')
      running.kill()
      const killed = await running.result
      expect(killed.signal).toBe('SIGKILL')
      await runPost(killed).then((post) => expect(post.exitCode).toBe(0))
      expect(readdirSync(killed.runnerTemp)).toEqual([])
      expect(findLeftovers(killed.directory)).toEqual({ processes: [], mounts: [] })
      expect(findLeftovers('sleep-as-run 300').processes).toEqual([])
    })

    test('ends a build at its deadline, with all that it started', async () => {
      const message = await refused(`${plain}RUN sleep 300\n`, { 'timeout-seconds': '3' })
      expect(message).toContain('TOOL_TIMEOUT')
      expect(findLeftovers('sleep-as-run 300').processes).toEqual([])
    })

    test('ends a copy of the context at the deadline of the whole build', async () => {
      const sleeping = '#!/bin/sh\nexec sleep 304\n'
      const cp = (path: string) => writeFileSync(path, sleeping, { mode: 0o755 })
      const { log } = await build(plain, { 'timeout-seconds': '3' }, runnerWith({ cp }))
      expect(log).toContain('TOOL_TIMEOUT: copying the context did not end within the 3 s of')
      expect(findLeftovers('sleep 304').processes).toEqual([])
    })

    test('hands on nothing where one of several tags of a repository was not pushed', async () => {
      const [first, second] = ['pushed', 'not-pushed'].map(
        (tag) => `${registry.host}/dev/tags:${tag}`,
      )
      const inputs = { destination: `${first}\n${second}`, 'digest-file': 'digest' }
      const message = await refused(`# stand-in: one-push\n${plain}`, inputs)
      expect(message).toContain('BUILD_NOT_IN_REGISTRY')
      expect(message).toContain(`the registry has no ${second}`)
    })

    test.each([
      ['no digest file', 'no-digest', 'BUILD_DIGEST_MISSING'],
      ['a record of another digest', 'wrong-record', 'BUILD_RECORD_MISMATCH'],
      ['a success without a push', 'no-push', 'BUILD_NOT_IN_REGISTRY'],
    ])('hands on nothing after %s', async (_what, fault, code) => {
      const dockerfile = `# stand-in: ${fault}\n${plain}RUN environment\nARG ${fault}\n`
      const inputs = { 'build-args': `FAULT=${fault}-${Date.now()}`, 'digest-file': 'digest' }
      expect(await refused(dockerfile, inputs)).toContain(code)
    })

    test.each([
      ['FORM scratch', {}, 'DOCKERFILE_INVALID'],
      ['COPY absent /x', {}, 'DOCKERFILE_INVALID'],
      ['RUN exit 42', {}, 'BUILD_FAILED'],
      ['FROM REGISTRY/no/base:9', {}, 'BASE_IMAGE_UNAVAILABLE'],
    ])('names the true cause of %s', async (line, inputs, code) => {
      const dockerfile = line.replace('REGISTRY', registry.host)
      expect(await refused(dockerfile, inputs)).toContain(code)
    })

    test.each([
      ['a wrong password', { 'registry-password': 'wrong-password' }, 'REGISTRY_UNAUTHORIZED'],
      ['a user name alone', { 'registry-password': '' }, 'INPUT_INVALID'],
      ['nothing listening', { destination: '127.0.0.2:1/app:1' }, 'CONNECTION_REFUSED'],
      ['a CA that is no certificate', { 'registry-ca': 'garbage' }, 'CA_INVALID'],
      ['no CA', { 'registry-ca': '' }, 'TLS_UNTRUSTED'],
      ['a context that is not there', { context: 'absent' }, 'CONTEXT_INVALID'],
      ['a Dockerfile outside of the context', { dockerfile: '../Dockerfile' }, 'CONTEXT_INVALID'],
      ['no executor', { 'kaniko-path': '/nowhere/executor' }, 'TOOL_MISSING'],
      ['an executor that is none', { 'kaniko-path': process.execPath }, 'TOOL_VERSION'],
      ['a dangerous argument', { 'extra-args': '--no-push' }, 'ARGUMENT_REFUSED'],
      ['a build in place on this machine', { executor: 'in-place' }, 'EXECUTOR_REFUSED'],
    ])('says before any work is done: %s', async (_what, inputs, code) => {
      const { message, log } = await refusal(`${plain}RUN say work was done\n`, inputs)
      expect(message).toContain(code)
      // There the test of ::error:: above sees what a RUN says.
      expect(log).not.toContain('work was done')
    })

    test('says so in the log and in the summary where TLS verification is off', async () => {
      const result = await build(plain, { 'skip-tls-verify': 'true' })
      expect(result.annotations.map(({ message }) => message).join()).toContain('skip-tls-verify')
      expect(result.summary).toContain('INSECURE')
      expect(result.summary).toContain('not proven')
      expect(result.log).toContain(`${result.outputs['image']} is not proven: skip-tls-verify`)
      expect(result.log).not.toContain('is in the registry')
    })

    test.skipIf(lacksTools('node20'))('behaves the same on Node 20', async () => {
      const result = await build(plain, {}, { node: 20 })
      expect(result).toMatchObject({ exitCode: 0, annotations: [] })
    })
  },
)
