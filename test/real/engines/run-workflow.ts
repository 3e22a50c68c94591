import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory, toolPath } from '@tierseal/test-kit'

/** The oldest engine in use (of act_runner 0.4.1), and the newest one that can be had. */
export type Engine = 'act' | 'nektos-act'

export interface WorkflowRun {
  readonly succeeded: boolean
  /** All that the engine printed, debug lines too. */
  readonly log: string
  /** The engine's caches: RUNNER_TEMP of the job lies there while it runs. */
  readonly home: string
}

const actions = fileURLToPath(new URL('../../../actions', import.meta.url))

/** Runs a workflow for a push in host mode, with `org/actions/<name>@v1` as a site would serve them, and `files` beside them. */
export async function runWorkflow(
  engine: Engine,
  names: readonly string[],
  workflow: string,
  secrets: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<WorkflowRun> {
  const repository = temporaryDirectory('service')
  write(join(repository, '.gitea', 'workflows', 'deploy.yaml'), workflow)
  commit(repository)
  const home = temporaryDirectory('engine')
  const release = makeRelease(names, files)
  const secretFile = join(home, 'secrets')
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
  writeFileSync(secretFile, lines.join(''), { mode: 0o600 })
  const args = [
    ...['push', '--no-cache-server', '--verbose', '--secret-file', secretFile],
    ...['--workflows', join('.gitea', 'workflows'), '--platform', 'host=-self-hosted'],
    ...['--action-cache-path', join(home, 'actions')],
    ...['--local-repository', `org/actions@v1=${release}`],
  ]
  return { ...(await run(toolPath(engine), args, repository, home)), home }
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  home: string,
): Promise<{ succeeded: boolean; log: string }> {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(':')
  const env = {
    PATH: path,
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    TMPDIR: home,
    ACT_DISABLE_VERSION_CHECK: '1',
  }
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let log = ''
    child.stdout.on('data', (chunk: Buffer) => {
      log += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ succeeded: code === 0, log }))
  })
}

// The folders that a release has, without sources.
function makeRelease(names: readonly string[], files: Readonly<Record<string, string>>): string {
  const release = temporaryDirectory('release')
  for (const name of names) {
    for (const part of ['action.yml', 'dist']) {
      cpSync(join(actions, name, part), join(release, name, part), { recursive: true })
    }
  }
  for (const [path, text] of Object.entries(files)) write(join(release, path), text)
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
  const author = ['-c', 'user.name=t', '-c', 'user.email=t@invalid']
  git(...author, 'commit', '--quiet', '--allow-empty', '--message', 'first')
  git('remote', 'add', 'origin', 'https://git.internal/platform/payments.git')
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
