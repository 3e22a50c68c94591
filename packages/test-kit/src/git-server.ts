import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import { dirname, join } from 'node:path'
import { makeCertificateAuthority, type SiteCertificateAuthority } from './certificates.ts'
import { serveGit } from './git-http-backend.ts'
import { close, listen } from './listen.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A real git server: `git http-backend` behind TLS, with one token. */
export interface TestGitServer extends AsyncDisposable {
  /** https://host:port; a repository is <url>/<name>.git. */
  readonly url: string
  readonly caPath: string
  readonly token: string
  /** Every request as `METHOD path`. */
  readonly requests: readonly string[]
  /** Makes a bare repository with one commit on main; returns its URL. */
  createRepository(name: string, files: Readonly<Record<string, string>>): string
  /** The folder of the bare repository, for looking at it and for installing hooks. */
  bareDirectory(name: string): string
  /** A file at the tip of a branch; undefined where there is none. */
  readFile(name: string, path: string, branch?: string): string | undefined
  stop(): Promise<void>
}

/** Starts the git server on loopback; a request without the token (Basic or Bearer) gets 401. */
export async function startGitServer(
  options: { readonly ca?: SiteCertificateAuthority } = {},
): Promise<TestGitServer> {
  const directory = temporaryDirectory('git')
  const ca = options.ca ?? makeCertificateAuthority(directory)
  const { certificate, key } = ca.issue('git')
  const token = 'canary-gitops-token-4J'
  const requests: string[] = []
  const repositories = join(directory, 'repositories')
  mkdirSync(repositories)
  const tls = { cert: readFileSync(certificate), key: readFileSync(key) }
  const server = createServer(tls, (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (isAuthorised(request, token)) return serveGit(repositories, request, response)
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
  })
  const url = `https://127.0.0.1:${await listen(server)}`
  const bareDirectory = (name: string): string => join(repositories, `${name}.git`)
  const stop = (): Promise<void> => close(server)
  return {
    url,
    caPath: ca.path,
    token,
    requests,
    bareDirectory,
    createRepository: (name, files) => {
      createBareRepository(bareDirectory(name), join(directory, `${name}-first`), files)
      return `${url}/${name}.git`
    },
    readFile: (name, path, branch = 'main') => readAt(bareDirectory(name), `${branch}:${path}`),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function isAuthorised({ headers }: IncomingMessage, token: string): boolean {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ')
  if (scheme.toLowerCase() === 'bearer') return value === token
  return (
    scheme.toLowerCase() === 'basic' &&
    Buffer.from(value, 'base64').toString().endsWith(`:${token}`)
  )
}

function createBareRepository(
  bare: string,
  work: string,
  files: Readonly<Record<string, string>>,
): void {
  git(dirname(bare), ['init', '--quiet', '--bare', '--initial-branch=main', bare])
  git(bare, ['config', 'http.receivepack', 'true'])
  git(bare, ['config', 'uploadpack.allowFilter', 'true'])
  git(dirname(bare), ['init', '--quiet', '--initial-branch=main', work])
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true })
    writeFileSync(join(work, path), text)
  }
  git(work, ['add', '--all'])
  git(work, [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@invalid',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    'first',
  ])
  git(work, ['push', '--quiet', bare, 'main'])
}

function readAt(bare: string, object: string): string | undefined {
  try {
    return git(bare, ['show', object])
  } catch {
    return undefined
  }
}

function git(cwd: string, args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
