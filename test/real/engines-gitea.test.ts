// A real Gitea, its job token and its runner protocol, with the engine of act_runner behind it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lacksTools, temporaryDirectory, toolPath } from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkoutAction } from '../cluster/support/checkout-action.ts'
import { releaseWith } from './engines/run-workflow.ts'
import { type RunnerDaemon, startRunnerDaemon } from './engines/runner-daemon.ts'
import { type GiteaServer, startGitea } from './gitea-server.ts'
import { overlayFiles, registry } from './pin-site.ts'

const app = `${registry}/app`

describe.skipIf(lacksTools('gitea', 'runner-engine', 'kustomize'))('a job of a real Gitea', () => {
  let gitea: GiteaServer
  let runner: RunnerDaemon
  let service: string

  beforeAll(async () => {
    gitea = await startGitea()
    await gitea.createRepository(
      'deployments',
      overlayFiles('dev', `images:\n- name: ${app}\n`, [app]),
    )
    await gitea.createRepository('checkout', { 'action.yml': checkoutAction })
    await gitea.api('POST', '/user/repos', { name: 'actions' })
    push(releaseWith(), 'actions', 'main')
    await gitea.api('POST', '/user/repos', { name: 'payments', private: true })
    const secret = { data: gitea.token }
    await gitea.api('PUT', `/repos/${gitea.user}/payments/actions/secrets/GITOPS_TOKEN`, secret)
    service = temporaryDirectory('payments')
    git(service, 'init', '--quiet', '--initial-branch=develop')
    runner = await startRunnerDaemon(gitea, 'dev-signer')
  })

  afterAll(async () => {
    await runner?.[Symbol.asyncDispose]()
    await gitea?.stop()
  })

  // The inputs of the pin step as the generator writes them; the digest is that of a file.
  function workflow(): string {
    return `on: { push: { branches: [develop] } }
permissions: {}
jobs:
  deploy:
    runs-on: dev-signer
    permissions: { contents: read }
    steps:
      - uses: ${gitea.user}/checkout@main
        with: { fetch-depth: 0 }
      - id: build
        run: echo "digest=sha256:$(sha256sum note | cut -c1-64)" >> "$GITHUB_OUTPUT"
      - uses: ${gitea.user}/actions/kustomize-pin@main
        with:
          repository: ${gitea.url}/${gitea.user}/deployments.git
          git-ca: ${gitea.caPath}
          username: ${gitea.user}
          token: \${{ secrets.GITOPS_TOKEN }}
          kustomize-path: ${toolPath('kustomize')}
          pins: dev ${app}@\${{ steps.build.outputs.digest }}
          source-url: "${gitea.url}/\${{ github.repository }}.git"
          source-token: \${{ github.token }}
`
  }

  function push(directory: string, name: string, branch: string): void {
    const remote = gitea.url.replace('https://', `https://${gitea.user}:${gitea.token}@`)
    git(directory, 'push', '--quiet', `${remote}/${gitea.user}/${name}.git`, `HEAD:${branch}`)
  }

  function git(cwd: string, ...args: readonly string[]): string {
    const identity = ['-c', 'user.name=dev', '-c', 'user.email=dev@invalid']
    const env = {
      PATH: process.env['PATH'] ?? '',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_SSL_CAINFO: gitea.caPath,
    }
    return execFileSync('git', [...identity, ...args], { cwd, env, encoding: 'utf8' }).trim()
  }

  /** Pushes a change of the service; gives its commit. */
  function commit(note: string): string {
    const files = { note: `${note}\n`, '.gitea/workflows/deploy.yaml': workflow() }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(service, path)), { recursive: true })
      writeFileSync(join(service, path), text)
    }
    git(service, 'add', '--all')
    git(service, 'commit', '--quiet', '--message', note)
    push(service, 'payments', 'develop')
    return git(service, 'rev-parse', 'HEAD')
  }

  async function listed(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { body } = await gitea.api('GET', `/repos/${gitea.user}/payments/actions/${path}`)
    return Object(body)['workflow_runs'] ?? []
  }

  /** How the newest job of a commit ended, of as many as it has had. */
  async function endOf(sha: string, times: number): Promise<unknown> {
    let ended: readonly unknown[] = []
    await expect
      .poll(
        async () => {
          const tasks = (await listed('tasks')).filter(({ head_sha }) => head_sha === sha)
          ended = tasks
            .map(({ status }) => status)
            .filter((status) => /success|fail/.test(`${status}`))
          return ended.length
        },
        { timeout: 90_000, interval: 500 },
      )
      .toBe(times)
    return ended[0]
  }

  const overlay = async (): Promise<unknown> =>
    (await gitea.api('GET', `/repos/${gitea.user}/deployments/raw/dev/kustomization.yaml`)).body

  test('that is run again after a newer one deployed ends well, told of it by its own token', async () => {
    const older = commit('first')
    expect(await endOf(older, 1), runner.log()).toBe('success')
    const newer = commit('second')
    expect(await endOf(newer, 1), runner.log()).toBe('success')
    const pinned = await overlay()
    const [run] = (await listed('runs')).filter(({ head_sha }) => head_sha === older)
    await gitea.api('POST', `/repos/${gitea.user}/payments/actions/runs/${run?.['id']}/rerun`)
    expect(await endOf(older, 2), runner.log()).toBe('success')
    expect(runner.log()).toMatch(/stays at sha256:[0-9a-f]{64}: it was built from a newer commit/)
    expect(await overlay()).toBe(pinned)
    expect(runner.log()).not.toContain(gitea.token)
  })
})
