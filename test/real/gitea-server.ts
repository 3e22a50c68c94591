// A real Gitea on loopback with two repositories' worth of configuration: git over HTTPS, the API, AGit.
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import * as https from 'node:https'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  freePort,
  makeCertificateAuthority,
  temporaryDirectory,
  toolPath,
  toolShare,
} from '@tierseal/test-kit'

export interface GiteaServer {
  readonly url: string
  readonly caPath: string
  readonly user: string
  readonly token: string
  /** Calls the API; the path starts after /api/v1. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  /** A repository of the user with these files on main. */
  createRepository(name: string, files: Readonly<Record<string, string>>): Promise<void>
  stop(): Promise<void>
}

// Gitea refuses to run as root: user nobody of any Debian.
const nobody = 65534
const user = 'pinbot'

export async function startGitea(): Promise<GiteaServer> {
  const directory = temporaryDirectory('gitea')
  const port = await freePort()
  const url = `https://127.0.0.1:${port}`
  const ca = makeCertificateAuthority(temporaryDirectory('gitea-ca'))
  prepare(directory, url, port, ca.issue('gitea'))
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
  const options = {
    ...identity,
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, USER: 'nobody' },
  }
  const program = join(directory, 'gitea')
  const child = spawn(program, ['web', '--config', join(directory, 'app.ini')], {
    ...options,
    stdio: 'ignore',
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const admin = (...args: readonly string[]): string =>
    execFileSync(program, ['--config', join(directory, 'app.ini'), 'admin', 'user', ...args], {
      ...options,
      encoding: 'utf8',
    })
  const ask = (method: string, path: string, token: string, body?: unknown) =>
    request({ url: `${url}${path}`, method, ca: ca.pem, token, body })
  await waitFor(async () => (await ask('GET', '/api/healthz', '')).status === 200)
  const password = ['--password', 'canary-password-1', '--must-change-password=false']
  admin('create', '--admin', '--username', user, '--email', 'pin@lab.invalid', ...password)
  const scopes = ['--scopes', 'all', '--raw', '--token-name', 'pin']
  const said = admin('generate-access-token', '--username', user, ...scopes)
  const token = /^[0-9a-f]{40}$/m.exec(said)?.[0] ?? ''
  const api: GiteaServer['api'] = (method, path, body) => ask(method, `/api/v1${path}`, token, body)
  return {
    url,
    caPath: ca.path,
    user,
    token,
    api,
    createRepository: (name, files) => createRepository(api, name, files),
    stop: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}

async function createRepository(
  api: GiteaServer['api'],
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const repository = { name, auto_init: true, default_branch: 'main' }
  const created = await api('POST', '/user/repos', repository)
  const changes = Object.entries(files).map(([path, text]) => ({
    operation: 'create',
    path,
    content: Buffer.from(text).toString('base64'),
  }))
  const change = { branch: 'main', message: 'first', files: changes }
  const filled = await api('POST', `/repos/${user}/${name}/contents`, change)
  if (created.status === 201 && filled.status === 201) return
  throw new Error(`gitea: ${name}: ${JSON.stringify([created.body, filled.body])}`)
}

function prepare(
  directory: string,
  url: string,
  port: number,
  { certificate, key }: { certificate: string; key: string },
): void {
  copyFileSync(toolPath('gitea'), join(directory, 'gitea'))
  for (const folder of ['templates', 'options', 'public']) {
    cpSync(toolShare('gitea', folder), join(directory, 'static', folder), { recursive: true })
  }
  mkdirSync(join(directory, 'data'))
  copyFileSync(certificate, join(directory, 'tls.pem'))
  copyFileSync(key, join(directory, 'tls.key'))
  writeFileSync(join(directory, 'app.ini'), configuration(directory, url, port))
  chmodSync(join(directory, 'gitea'), 0o755)
  if (process.getuid?.() === 0) chownAll(directory)
}

function chownAll(directory: string): void {
  letPass(dirname(directory))
  for (const path of ['.', 'app.ini', 'data', 'tls.pem', 'tls.key']) {
    chownSync(join(directory, path), nobody, nobody)
  }
}

// The folder of the test run belongs to root alone; Gitea's user must come through, and see nothing else.
function letPass(directory: string): void {
  const { mode } = statSync(directory)
  if ((mode & 0o001) === 0) chmodSync(directory, mode | 0o001)
}

function configuration(directory: string, url: string, port: number): string {
  return `RUN_USER = ${process.getuid?.() === 0 ? 'nobody' : (process.env['USER'] ?? 'nobody')}
RUN_MODE = prod
WORK_PATH = ${directory}
[server]
PROTOCOL = https
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = ${url}/
LOCAL_ROOT_URL = ${url}/
CERT_FILE = ${directory}/tls.pem
KEY_FILE = ${directory}/tls.key
STATIC_ROOT_PATH = ${directory}/static
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = ${directory}/data/gitea.db
[repository]
DEFAULT_BRANCH = main
[security]
INSTALL_LOCK = true
SECRET_KEY = of-a-test
[service]
DISABLE_REGISTRATION = true
[cron.update_checker]
ENABLED = false
[log]
MODE = console
LEVEL = warn
`
}

interface Question {
  readonly url: string
  readonly method: string
  readonly ca: string
  readonly token: string
  readonly body: unknown
}

function request({
  url,
  method,
  ca,
  token,
  body,
}: Question): Promise<{ status: number; body: unknown }> {
  const headers = {
    ...(token === '' ? {} : { authorization: `token ${token}` }),
    'content-type': 'application/json',
  }
  return new Promise((resolve, reject) => {
    const call = https.request(url, { method, ca, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        const json = /json/.test(response.headers['content-type'] ?? '')
        resolve({ status: response.statusCode ?? 0, body: json ? JSON.parse(text) : text })
      })
    })
    call.on('error', reject)
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function waitFor(ready: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await ready().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('Gitea did not come up')
    await sleep(200)
  }
}
