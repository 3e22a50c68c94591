import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gatherOutput, type ToolName, temporaryDirectory, toolPath } from '@tierseal/test-kit'
import { root } from '../../../scripts/root.ts'

/** The oldest engine in use (of act_runner 0.3 and 0.4), and the newest one that can be had. */
export type Engine = 'act' | 'nektos-act'

export const engines: readonly Engine[] = ['act', 'nektos-act']

// As a site serves them: `org/actions/<name>@v1`.
const links = ['kaniko-build', 'assert-digest', 'vault-fetch-key', 'cosign-sign', 'kustomize-pin']

/** A checkout whose workflow runs, as its forge would hand it to a runner. */
export interface Job {
  readonly repository: string
  /** Of the workflow, in the checkout. */
  readonly workflow: string
  readonly label: string
  /** `owner/name@ref` to the folder that stands for it. */
  readonly releases: Readonly<Record<string, string>>
}

export interface JobOptions {
  readonly secrets?: Readonly<Record<string, string>>
  /** Of the runner's own process: every step inherits it. */
  readonly env?: Readonly<Record<string, string>>
  /** What the runner image has on PATH, by the name that the actions look for. */
  readonly tools?: Readonly<Record<string, ToolName>>
}

export interface WorkflowOptions extends JobOptions {
  /** Files of the service beside its workflow. */
  readonly files?: Readonly<Record<string, string>>
  /** Files of further actions, beside the five of a release. */
  readonly actions?: Readonly<Record<string, string>>
}

export interface WorkflowRun {
  readonly succeeded: boolean
  /** All that the engine printed, debug lines too. */
  readonly log: string
  /** The engine's caches: RUNNER_TEMP of the job lies there while it runs. */
  readonly home: string
}

/** A job on its way. */
export interface RunningWorkflow {
  readonly home: string
  waitForLog(text: string | RegExp): Promise<void>
  /** As a person who presses "cancel": the engine kills the step and goes on with post. */
  cancel(): void
  readonly result: Promise<WorkflowRun>
}

/** A workflow of one job with these steps. */
export function workflow(steps: string): string {
  return `name: deploy
on: push
jobs:
  deploy:
    runs-on: host
    steps:
${steps}`
}

/** Runs a workflow for a push in host mode, to its end. */
export function runWorkflow(
  engine: Engine,
  workflow: string,
  options: WorkflowOptions = {},
): Promise<WorkflowRun> {
  return startWorkflow(engine, workflow, options).result
}

/** Starts a workflow for a push in host mode, to be watched or cancelled. */
export function startWorkflow(
  engine: Engine,
  workflow: string,
  { files = {}, actions = {}, ...options }: WorkflowOptions = {},
): RunningWorkflow {
  const repository = temporaryDirectory('service')
  const path = '.gitea/workflows/deploy.yaml'
  write(repository, { ...files, [path]: workflow })
  commit(repository)
  const releases = { 'org/actions@v1': releaseWith(actions) }
  return startJob(engine, { repository, workflow: path, label: 'host', releases }, options)
}

/** Starts the job of a checkout in host mode, for a push to `platform/payments`. */
export function startJob(
  engine: Engine,
  { repository, workflow, label, releases }: Job,
  { secrets = {}, env = {}, tools = {} }: JobOptions = {},
): RunningWorkflow {
  const home = temporaryDirectory('engine')
  const secretFile = join(temporaryDirectory('secrets'), 'secrets')
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
  writeFileSync(secretFile, lines.join(''), { mode: 0o600 })
  const args = [
    ...['push', '--no-cache-server', '--verbose', '--secret-file', secretFile],
    ...['--env', 'GITHUB_REPOSITORY=platform/payments', '--github-instance', 'git.internal'],
    ...['--workflows', workflow, '--platform', `${label}=-self-hosted`],
    ...['--action-cache-path', join(home, 'actions')],
    ...Object.entries(releases).map(([ref, folder]) => `--local-repository=${ref}=${folder}`),
  ]
  const path = [programs(tools), dirname(process.execPath), process.env['PATH'] ?? ''].join(':')
  const own = {
    ...{ PATH: path, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), TMPDIR: home },
    // Else each engine asks its maker on the internet whether it is still new.
    ACT_DISABLE_VERSION_CHECK: '1',
  }
  const child = spawn(toolPath(engine), args, {
    cwd: repository,
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return follow(child, home)
}

function follow(child: ChildProcess, home: string): RunningWorkflow {
  const output = gatherOutput(child)
  const result = new Promise<WorkflowRun>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ succeeded: code === 0, log: output.log, home }))
  })
  return {
    home,
    waitForLog: (text) => output.waitFor(text, result),
    cancel: () => child.kill('SIGINT'),
    result,
  }
}

function programs(tools: Readonly<Record<string, ToolName>>): string {
  const directory = temporaryDirectory('programs')
  for (const [name, tool] of Object.entries(tools)) {
    symlinkSync(toolPath(tool), join(directory, name))
  }
  return directory
}

/** A folder as a release is, from the bundles that are there: without sources, in one commit. */
export function releaseWith(more: Readonly<Record<string, string>> = {}): string {
  const release = temporaryDirectory('release')
  for (const name of links) {
    for (const part of ['action.yml', 'dist']) {
      cpSync(join(root, 'actions', name, part), join(release, name, part), { recursive: true })
    }
  }
  write(release, more)
  commit(release)
  return release
}

function commit(directory: string): void {
  const git = (...args: string[]): void => {
    const env = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_GLOBAL: '/dev/null' }
    execFileSync('git', args, { cwd: directory, env, stdio: 'ignore' })
  }
  git('init', '--quiet', '--initial-branch=develop')
  git('add', '--all', '--force')
  git('-c', 'user.name=t', '-c', 'user.email=t@invalid', 'commit', '--quiet', '--message', 'first')
  git('remote', 'add', 'origin', 'https://git.internal/platform/payments.git')
}

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
}
