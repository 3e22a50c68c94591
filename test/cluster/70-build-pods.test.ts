import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionOptions, runAction, runPost, startAction } from '@tierseal/test-kit'
import {
  apply,
  baseImage,
  certificateFiles,
  crane,
  giteaAdmin,
  giteaUrl,
  hostOf,
  kubectl,
  labPath,
  program,
  siteAccount,
  siteCa,
  tryKubectl,
  waitUntil,
} from '@tierseal/test-kit/lab'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  buildNamespace,
  useAccountThatMayNotAttach,
  useBuildNamespace,
} from './support/build-pods.ts'
import { podProfile, pushBuilderImage } from './support/builder-image.ts'
import { gitea, makeRepository, pushFiles } from './support/forge.ts'
import { pushGitImage } from './support/git-image.ts'
import { waitForNoPods } from './support/pods-left.ts'
import { type LabSite, useSite } from './support/site.ts'

const namespace = buildNamespace
const context = labPath('site', 'context')
let site: LabSite
let image: string
let kubeconfig: string

beforeAll(async () => {
  site = await useSite()
  image = await pushBuilderImage()
  kubeconfig = await useBuildNamespace()
  mkdirSync(join(context, 'sub'), { recursive: true })
  writeFileSync(join(context, '.dockerignore'), '*.secret\n')
  writeFileSync(join(context, 'kept.txt'), 'kept')
  writeFileSync(join(context, 'left-out.secret'), 'must not travel')
  writeDockerfile('RUN ls /context && test ! -e /context/left-out.secret')
})

function writeDockerfile(run: string): void {
  writeFileSync(join(context, 'Dockerfile'), dockerfileWith(run))
}

function dockerfileWith(run: string): string {
  return `FROM ${baseImage}\nUSER 0\nCOPY . /context/\n${run}\n`
}

function options(destination: string, inputs: Record<string, string> = {}): ActionOptions {
  return {
    inputs: {
      executor: 'kubernetes',
      context,
      destination: `${hostOf('registry')}/${destination}`,
      'kubernetes-image': image,
      'kubernetes-namespace': namespace,
      'kubernetes-docker-config': 'push',
      'kubernetes-ca': 'site-ca',
      'kubernetes-security-context': JSON.stringify(podProfile),
      kubeconfig,
      'kubectl-path': program('kubectl'),
      'registry-ca': siteCa,
      'registry-username': siteAccount.pusher,
      'registry-password': siteAccount.pusherPassword(),
      'timeout-seconds': '180',
      ...inputs,
    },
  }
}

async function pods(): Promise<string> {
  return (await kubectl(['-n', namespace, 'get', 'pods', '-o', 'name'])).trim()
}

function noPods(): Promise<void> {
  return waitForNoPods(namespace)
}

describe('a build in a pod of its own', () => {
  it('gives the digest that the registry holds, and leaves no pod', async () => {
    const result = await runAction('kaniko-build', options('dev/pod:1'))
    expect(result.exitCode, result.stdout).toBe(0)
    const held = (await crane(['digest', `${hostOf('registry')}/dev/pod:1`])).trim()
    expect(result.outputs['digest']).toBe(held)
    await noPods()
  })

  it('fails with the words of the build where a RUN fails, and gives no digest', async () => {
    writeDockerfile('RUN echo the reason && exit 42')
    const result = await runAction('kaniko-build', options('dev/pod:broken'))
    expect(result.exitCode).toBe(1)
    expect(result.outputs['digest'] ?? '').toBe('')
    expect(result.stdout).toContain('the reason')
    await noPods()
  })

  it('fails at once, and says why, where its image cannot be pulled', async () => {
    const nothing = `${hostOf('registry')}/platform/builder@sha256:${'0'.repeat(64)}`
    const result = await runAction(
      'kaniko-build',
      options('dev/pod:2', { 'kubernetes-image': nothing }),
    )
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toContain('POD_NOT_STARTED')
    await noPods()
  })

  it('is refused in another namespace, by the Role', async () => {
    const result = await runAction(
      'kaniko-build',
      options('dev/pod:3', { 'kubernetes-namespace': 'default' }),
    )
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toMatch(/POD_REFUSED.*forbidden/)
  })

  it('ends at once where the Role lets nobody attach, and names the right', async () => {
    const inputs = { kubeconfig: await useAccountThatMayNotAttach() }
    const result = await runAction('kaniko-build', options('dev/pod:8', inputs))
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toMatch(/::error::POD_RIGHT_MISSING: .*cannot create .*pods\/attach/)
    await noPods()
  })

  it('is refused by the pod security standard where it asks for more than baseline', async () => {
    await kubectl([
      'label',
      'namespace',
      namespace,
      'pod-security.kubernetes.io/enforce=baseline',
      '--overwrite',
    ])
    const result = await runAction('kaniko-build', options('dev/pod:4'))
    await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce-'])
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toMatch(/POD_REFUSED.*PodSecurity/)
  })

  it('is ended by its own deadline, and named a timeout', async () => {
    writeDockerfile('RUN sleep 120')
    const result = await runAction(
      'kaniko-build',
      options('dev/pod:5', { 'timeout-seconds': '30' }),
    )
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toContain('TOOL_TIMEOUT')
    await noPods()
  })

  it('is deleted by post after the step was killed', async () => {
    writeDockerfile('RUN sleep 120')
    const action = startAction('kaniko-build', options('dev/pod:6'))
    await waitUntil('the pod of the build', async () => /tierseal-build/.test(await pods()), {
      timeoutMs: 60_000,
    })
    action.kill('group')
    const killed = await action.result
    expect(await pods()).toMatch(/tierseal-build/)
    await runPost(killed)
    await noPods()
  })
})

describe('a build whose runner is gone', () => {
  it('goes with the pod of its runner, which owns it', async () => {
    writeDockerfile('RUN sleep 120')
    const owner = `runner-0/${await startRunnerPod()}`
    const action = startAction('kaniko-build', options('dev/pod:7', { 'kubernetes-owner': owner }))
    await action.waitForLog(/^\| .*RUN sleep 120/m)
    // Killed and without post, as with its node: only the cluster itself can still end the build.
    action.kill('group')
    await action.result
    const phases = ['-o', 'jsonpath={range .items[*]}{.metadata.name} {.status.phase};{end}']
    const running = await kubectl(['-n', namespace, 'get', 'pods', ...phases])
    expect(running).toMatch(/runner-0 Running;.*tierseal-build-\w+ Running;/)
    await kubectl(['-n', namespace, 'delete', 'pod', 'runner-0', '--wait=false'])
    await noPods()
  })

  async function startRunnerPod(): Promise<string> {
    await apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'runner-0', namespace },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'runner', image: baseImage, command: ['sleep', '600'] }],
      },
    })
    const jsonpath = ['-o', 'jsonpath={.metadata.uid}']
    return (await kubectl(['-n', namespace, 'get', 'pod', 'runner-0', ...jsonpath])).trim()
  }
})

describe('a build that clones its context', () => {
  const repository = 'teams/built'
  let gitImage: string
  let token: string
  let commit: string

  beforeAll(async () => {
    gitImage = await pushGitImage()
    token = site.state.done['gitea-token'] ?? ''
    await makeRepository(site.state, 'teams', 'built')
    await gitea(site.state, 'PATCH', `repos/${repository}`, { private: true })
    // Right for its own commit alone, and only where nothing of the clone but its files is seen.
    const checks = [
      'grep -qx first /context/note.txt',
      'test ! -e /context/.git',
      'test ! -e /context/left-out.secret',
      'test ! -e /kaniko/tierseal/git-credentials',
    ]
    commit = await pushFiles(site.state, repository, 'main', {
      'app/Dockerfile': dockerfileWith(`RUN ${checks.join(' && ')}`),
      'app/.dockerignore': '*.secret\n',
      'app/left-out.secret': 'must not travel',
      'app/note.txt': 'first\n',
    })
    await pushFiles(site.state, repository, 'main', { 'app/note.txt': 'second\n' })
    await apply(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/basic-auth',
        metadata: { name: 'git-reader', namespace },
        stringData: { username: giteaAdmin, password: token },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'other-ca', namespace },
        data: { 'ca.crt': readFileSync(certificateFiles.clusterCa, 'utf8') },
      },
    )
  })

  const cloning = (tag: string, inputs: Record<string, string> = {}): ActionOptions =>
    options(`dev/cloned:${tag}`, {
      context: '.',
      'kubernetes-git-repository': `${giteaUrl}/${repository}.git`,
      'kubernetes-git-commit': commit,
      'kubernetes-git-folder': 'app',
      'kubernetes-git-secret': 'git-reader',
      'kubernetes-git-image': gitImage,
      ...inputs,
    })

  it('builds the commit that is named, though its branch has moved on', async () => {
    const action = startAction('kaniko-build', cloning('1'))
    await waitUntil('the pod of the build', async () => /tierseal-build/.test(await pods()), {
      timeoutMs: 60_000,
    })
    const pod = await kubectl(['-n', namespace, 'get', 'pods', '-o', 'json'])
    const result = await action.result
    expect(result.exitCode, result.stdout).toBe(0)
    expect(pod).toContain(commit)
    expect(pod).not.toContain(token)
    expect(result.stdout).toContain(`commit ${commit} of ${giteaUrl}/${repository}.git`)
    expect(result.stdout).not.toContain(token)
    expect(result.summary).toContain(commit)
    const held = (await crane(['digest', `${hostOf('registry')}/dev/cloned:1`])).trim()
    expect(result.outputs['digest']).toBe(held)
    await noPods()
  })

  it.each([
    ['no Secret', { 'kubernetes-git-secret': '' }, 'GIT_UNAUTHORIZED'],
    ['a commit that is not there', { 'kubernetes-git-commit': '1'.repeat(40) }, 'CONTEXT_INVALID'],
    ['a forge of another CA', { 'kubernetes-ca': 'other-ca' }, 'TLS_UNTRUSTED'],
  ])('refuses %s, says so, and leaves no pod', async (_what, inputs, code) => {
    const result = await runAction('kaniko-build', cloning('2', inputs))
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toContain(code)
    await noPods()
  })
})

describe('the runner of the builds', () => {
  it.each([
    'get secrets',
    'create pods --subresource=exec',
    'list pods',
    'create configmaps',
    'patch pods',
  ])('may not %s', async (words) => {
    const asUser = ['--as=system:serviceaccount:builds:runner', '-n', namespace]
    const { stdout } = await tryKubectl(['auth', 'can-i', ...words.split(' '), ...asUser])
    expect(stdout.trim()).toBe('no')
  })
})
