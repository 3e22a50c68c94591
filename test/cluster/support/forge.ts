import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  askHttps,
  command,
  giteaAdmin,
  giteaUrl,
  type LabState,
  labPath,
  siteCa,
} from '@tierseal/test-kit/lab'

/** One request to Gitea's API as its administrator; gives the parsed answer. */
export async function gitea(
  state: LabState,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const text = await giteaText(state, method, path, body)
  return text === '' ? undefined : JSON.parse(text)
}

/** The same, for an answer that is not JSON, such as a log. */
export async function giteaText(
  state: LabState,
  method: string,
  path: string,
  body?: unknown,
): Promise<string> {
  const headers = { authorization: `token ${state.done['gitea-token']}` }
  const { status, text } = await askHttps(`${giteaUrl}/api/v1/${path}`, { method, headers, body })
  if (status < 300) return text
  if (/already exists/.test(text)) return ''
  throw new Error(`gitea ${method} ${path} answered ${status}: ${text}`)
}

/** Makes a repository, and its organisation where it is not the administrator's own. */
export async function makeRepository(state: LabState, owner: string, name: string): Promise<void> {
  const settings = { name, private: false, default_branch: 'main', auto_init: false }
  if (owner === giteaAdmin) {
    await gitea(state, 'POST', 'user/repos', settings)
    return
  }
  await gitea(state, 'POST', 'orgs', { username: owner, visibility: 'public' })
  await gitea(state, 'POST', `orgs/${owner}/repos`, settings)
}

/** The address of a repository with the administrator's token in it: for arranging, never for an action. */
export function cloneUrl(state: LabState, repository: string): string {
  const token = state.done['gitea-token'] ?? ''
  return `${giteaUrl.replace('https://', `https://${giteaAdmin}:${token}@`)}/${repository}.git`
}

/** git in a folder, with the site's authority and no settings of the machine. */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const env = {
    GIT_SSL_CAINFO: siteCa,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'developer',
    GIT_AUTHOR_EMAIL: 'developer@lab.test',
    GIT_COMMITTER_NAME: 'developer',
    GIT_COMMITTER_EMAIL: 'developer@lab.test',
  }
  return (await command('git', args, { cwd: directory, env })).trim()
}

/** A checkout of the lab, made anew. */
export async function checkout(
  state: LabState,
  repository: string,
  branch: string,
): Promise<string> {
  const directory = labPath('site', 'checkouts', repository.replace('/', '_'), branch)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(dirname(directory), { recursive: true })
  mkdirSync(directory)
  await git(directory, 'init', '--quiet', `--initial-branch=${branch}`)
  await git(directory, 'remote', 'add', 'origin', cloneUrl(state, repository))
  const branches = await git(directory, 'ls-remote', '--heads', 'origin', branch)
  if (branches !== '') await git(directory, 'pull', '--quiet', 'origin', branch)
  return directory
}

/** Writes files, commits and pushes; gives the commit. */
export async function pushFiles(
  state: LabState,
  repository: string,
  branch: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const { commit, push } = await commitFiles(state, repository, branch, files)
  await push()
  return commit
}

/** A commit that is not pushed yet. */
export interface LocalCommit {
  readonly commit: string
  readonly push: () => Promise<void>
}

/** Writes files and commits them, for a push of its own. */
export async function commitFiles(
  state: LabState,
  repository: string,
  branch: string,
  files: Readonly<Record<string, string>>,
): Promise<LocalCommit> {
  const directory = await checkout(state, repository, branch)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  await git(directory, 'add', '--all')
  await git(directory, 'commit', '--quiet', '--allow-empty', '--message', 'change')
  const push = async (): Promise<void> => {
    await git(directory, 'push', '--quiet', 'origin', branch)
  }
  return { commit: await git(directory, 'rev-parse', 'HEAD'), push }
}
