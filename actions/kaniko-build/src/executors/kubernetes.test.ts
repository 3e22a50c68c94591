import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryDirectory } from '@tierseal/test-kit'
import { describe, expect, it, vi } from 'vitest'
import { BuildDeadline } from '../build-deadline.ts'
import type { BuildRequest } from '../build-request.ts'
import { parseDestination } from '../destination.ts'
import { KubernetesExecutor } from './kubernetes.ts'
import { leavesKanikoWaiting } from './kubernetes-context.ts'
import type { PodOwner } from './kubernetes-settings.ts'
import { pipeInto } from './kubernetes-streams.ts'

// What kubectl 1.28, 1.33 and 1.37 say and how they end, recorded against an API server that answers so.
const forbidden = (verb: string, resource: string) =>
  `Error from server (Forbidden): pods "p" is forbidden: User "runner" cannot ${verb} resource "${resource}" in API group "" in the namespace "builds"`
const away =
  'The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?'
const noUpgrade = 'error: unable to upgrade connection: <html>Bad Request</html>'

const podIn = (state: object) =>
  JSON.stringify({
    status: { containerStatuses: ['build', 'version', 'help'].map((name) => ({ name, state })) },
  })
const running = podIn({ running: {} })
const ended = podIn({ terminated: { exitCode: 0, message: 'sha256:…', reason: 'Completed' } })

const say = (text: string) => `printf '%s\\n' '${text}'`
const fail = (text: string) => `${say(text)} >&2; exit 1`

/** How the recorded kubectl answers each command; a shell script for each. */
interface Answers {
  readonly get: string
  readonly logs?: string
  readonly attach?: string
}

/** A stand-in for kubectl that repeats what the real one was recorded to say. */
function recordedKubectl({ get, logs = '', attach = 'cat >/dev/null' }: Answers): string {
  const path = join(temporaryDirectory('kubectl'), 'recorded-kubectl')
  const cases = { create: 'cat >/dev/null', get, logs, attach, delete: '' }
  const branches = Object.entries(cases).map(([name, script]) => `${name})\n${script}\n;;`)
  const words = 'dir=$(dirname "$0")\ntest "$1" != --namespace=builds || shift'
  writeFileSync(path, `#!/bin/sh\n${words}\ncase "$1" in\n${branches.join('\n')}\nesac\n`)
  chmodSync(path, 0o755)
  return path
}

async function executorWith(answers: Answers, owner?: PodOwner): Promise<KubernetesExecutor> {
  const settings = {
    ...{ image: 'registry.internal/kaniko', namespace: 'builds', kubeconfig: undefined },
    ...{ kubectlPath: recordedKubectl(answers), serviceAccount: undefined, owner },
    ...{ dockerConfigSecret: undefined, caConfigMap: undefined, git: undefined },
    ...{ buildSecrets: [], resources: { requests: {}, limits: {} } },
    ...{ nodeSelector: {}, securityContext: {} },
  }
  return KubernetesExecutor.create(settings, '/kaniko/executor')
}

function requestWith(timeoutMs: number): BuildRequest {
  const context = temporaryDirectory('context')
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\n')
  return {
    ...{ context, dockerfile: 'Dockerfile', destinations: [parseDestination('r.internal/a:1')] },
    ...{ buildArguments: [], labels: [], target: undefined, platform: undefined, secrets: [] },
    ...{ cacheRepository: undefined, reproducible: false, mirrors: [], extraArguments: [] },
    ...{ verbosity: 'info', deadline: new BuildDeadline(timeoutMs) },
    access: {
      ...{ ca: undefined, clientCertificate: undefined, hosts: [], dockerConfig: '{}' },
      ...{ plainHttp: false, skipTlsVerify: false },
    },
  }
}

const build = async (answers: Answers, timeoutMs = 60_000) =>
  (await executorWith(answers)).run([], requestWith(timeoutMs))

async function probe(answers: Answers, timeoutMs = 60_000) {
  const executor = await executorWith(answers)
  return executor.probe(new BuildDeadline(timeoutMs))
}

describe.concurrent('a build in a pod, with a kubectl that says what was recorded', {
  timeout: 60_000,
}, () => {
  it.for([
    [
      'the Role lacks pods/attach',
      forbidden('create', 'pods/attach'),
      'POD_RIGHT_MISSING',
      'pods/attach',
    ],
    [
      'the Role lacks pods/attach (kubectl 1.37)',
      forbidden('create', 'pods/attach').replace(
        'Error from server (Forbidden)',
        'error: unable to upgrade connection',
      ),
      'POD_RIGHT_MISSING',
      'pods/attach',
    ],
    [
      'something before the API server refuses upgrades',
      noUpgrade,
      'CONTEXT_NOT_SENT',
      'kubernetes-git-repository',
    ],
  ] as const)(
    'fails long before its deadline where %s, and says so',
    async ([_what, text, code, hint], { expect }) => {
      await expect(build({ get: say(running), attach: fail(text) })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(text),
        hint: expect.stringContaining(hint),
      })
    },
  )

  it('says what of the cluster is missing where a build may not be seen', async ({ expect }) => {
    const text = forbidden('get', 'pods')
    await expect(build({ get: fail(text) })).rejects.toMatchObject({
      code: 'POD_RIGHT_MISSING',
      message: expect.stringContaining(text),
    })
  })

  it('rides out an API server that is away for a moment, or refuses until it has read its roles', async ({
    expect,
  }) => {
    const once = (path: string) => `test -e "$dir/${path}" || { touch "$dir/${path}"`
    const get = `${once('away')}; ${fail(away)}; }
${once('refused')}; ${fail(forbidden('get', 'pods'))}; }
${say(ended)}`
    expect(await build({ get })).toMatchObject({ digestText: 'sha256:…' })
  })

  it('says to the end of the deadline why the API server could not be asked', async ({
    expect,
  }) => {
    await expect(build({ get: fail(away) }, 1000)).rejects.toMatchObject({
      code: 'POD_UNSEEN',
      message: expect.stringContaining(away),
    })
  })

  it('says that a pod gives no reason where it does not start and gives none', async ({
    expect,
  }) => {
    await expect(build({ get: say('{"status":{"phase":"Pending"}}') }, 1000)).rejects.toMatchObject(
      {
        code: 'POD_NOT_STARTED',
        message: expect.stringMatching(/does not start: its status gives no reason$/),
      },
    )
  })

  it('takes no log that may not be read for the words of a program that is no kaniko', async ({
    expect,
  }) => {
    const text = forbidden('get', 'pods/log')
    const probing = probe({ get: say(ended), logs: fail(text) })
    await expect(probing).rejects.toMatchObject({
      code: 'POD_RIGHT_MISSING',
      message: expect.stringContaining(text),
    })
  })

  it('asks for a log again that the kubelet did not give at once', async ({ expect }) => {
    const logs = `test -e "$dir/asked" || { touch "$dir/asked"; ${fail(away)}; }
${say('Kaniko version :  v1.28.3\n      --secret string')}`
    expect(await probe({ get: say(ended), logs })).toMatchObject({ version: 'v1.28.3' })
  })
})

describe('a pod that the pod of a build is to end with', () => {
  const owner = { name: 'runner-0', uid: '0b5e7c9e-5f5f-4c1e-9d3f-2a8b1c0d4e6f' }
  const open = async (get: string): Promise<void> => (await executorWith({ get }, owner)).open()

  it('is proven to be in the namespace of the builds', async () => {
    await expect(open(say(owner.uid))).resolves.toBeUndefined()
  })

  it.each([
    [
      'is in another namespace, where Kubernetes takes it for gone',
      fail('Error from server (NotFound): pods "runner-0" not found'),
    ],
    ['is another one of that name', say('11111111-5f5f-4c1e-9d3f-2a8b1c0d4e6f')],
  ])('is refused where it %s', async (_what, get) => {
    await expect(open(get)).rejects.toMatchObject({ code: 'POD_OWNER_ABSENT' })
  })
})

describe('a context on its way into a pod', () => {
  it('is never coming where attach was refused, or tar failed', () => {
    expect(leavesKanikoWaiting({ by: 'attach', afterMs: 300 })).toBe(true)
    expect(leavesKanikoWaiting({ by: 'tar', afterMs: 60_000 })).toBe(true)
  })

  it('has come where attach was open and broke later, as when an API server restarts', () => {
    expect(leavesKanikoWaiting({ by: 'attach', afterMs: 60_000 })).toBe(false)
  })

  it('is not ended for kaniko where tar failed in the middle', async () => {
    const directory = temporaryDirectory('pipe')
    const pipe = pipeInto({ command: ['sh', '-c', 'printf part; exit 2'], stdin: '' }, [
      'sh',
      '-c',
      `cat >${directory}/context; touch ${directory}/ended`,
    ])
    await expect(pipe.source).rejects.toThrow('ended with 2')
    await vi.waitUntil(() => readdirSync(directory).includes('context'), { timeout: 20_000 })
    await Promise.race([pipe.target, sleep(500)])
    expect(readdirSync(directory)).toEqual(['context'])
    pipe.end()
    await expect(pipe.target).rejects.toThrow()
  })
})
