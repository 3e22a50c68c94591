import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProcess } from '@tierseal/action-kit'
import {
  makeCertificateAuthority,
  redirectTo,
  startFaultServer,
  startGitServer,
  type TestGitServer,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GitContext } from './git-context.ts'
import { cloneContainer, explainClone } from './kubernetes-clone.ts'

interface Container {
  readonly command: readonly [string, ...string[]]
  readonly env: readonly { readonly name: string; readonly value: string }[]
}

const files = { Dockerfile: 'FROM scratch\n', 'services/shop/main.txt': 'first\n' }
const authority = makeCertificateAuthority(temporaryDirectory('authority'))
let server: TestGitServer
let repository: string
let first: string

beforeAll(async () => {
  server = await startGitServer({ ca: authority })
  repository = server.createRepository('shop', files)
  first = tip()
})

afterAll(() => server.stop())

function tip(): string {
  return execFileSync('git', ['-C', server.bareDirectory('shop'), 'rev-parse', 'main'], {
    encoding: 'utf8',
  }).trim()
}

// A commit on top of main, made in the server's own repository.
function commitOnTop(change: (directory: string) => void): string {
  const work = join(temporaryDirectory('work'), 'shop')
  const git = (...args: string[]) => execFileSync('git', args, { stdio: 'pipe' })
  git('clone', '--quiet', server.bareDirectory('shop'), work)
  change(work)
  git('-C', work, 'add', '--all')
  const author = ['-c', 'user.name=d', '-c', 'user.email=d@lab.test']
  git('-C', work, ...author, 'commit', '--quiet', '--message', 'change')
  git('-C', work, 'push', '--quiet', 'origin', 'HEAD:main')
  return tip()
}

/** Runs the container's own command with real git, its folders moved below a temporary one. */
async function clone(changes: Partial<GitContext> = {}, password = server.token) {
  const root = temporaryDirectory('clone')
  for (const name of ['context', 'git', 'git-credentials', 'ca']) mkdirSync(join(root, name))
  writeFileSync(join(root, 'git-credentials/username'), 'reader\n')
  writeFileSync(join(root, 'git-credentials/password'), `${password}\n`)
  writeFileSync(join(root, 'ca/ca.crt'), readFileSync(server.caPath))
  const git = { repository, commit: first, folder: '', secret: 'reader', image: 'x', ...changes }
  const ca = { volume: 'ca', file: '/kaniko/tierseal/ca/ca.crt' }
  const moved = JSON.stringify(cloneContainer(git, ca, {}).container)
  const { command, env }: Container = JSON.parse(moved.replaceAll('/kaniko/tierseal', root))
  const [program, ...args] = command
  const path = { PATH: process.env['PATH'] ?? '' }
  const result = await runProcess(program, args, {
    env: { ...Object.fromEntries(env.map(({ name, value }) => [name, value])), ...path },
    timeoutMs: 30_000,
  })
  const said = `${result.stdout}\n${result.stderr}`
  const error = () => explainClone(git, result.exitCode ?? 1, said)
  return { exitCode: result.exitCode, said, error, tree: join(root, 'context'), root }
}

describe('the clone of a git context, with real git', () => {
  it('is the commit that is named, though its branch has moved on', async () => {
    const second = commitOnTop((directory) =>
      writeFileSync(join(directory, 'services/shop/main.txt'), 'second\n'),
    )
    const earlier = await clone()
    expect(earlier).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(earlier.tree, 'services/shop/main.txt'), 'utf8')).toBe('first\n')
    const later = await clone({ commit: second, folder: 'services/shop' })
    expect(later).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(later.tree, 'services/shop/main.txt'), 'utf8')).toBe('second\n')
  })

  it('holds the files of the commit and nothing of git', async () => {
    const { tree } = await clone()
    expect(readdirSync(tree).sort()).toEqual(['Dockerfile', 'services'])
  })

  it('never says its password, nor writes it anywhere', async () => {
    const { said, root } = await clone()
    expect(said).not.toContain(server.token)
    const holders = execFileSync('grep', ['-rl', server.token, root], { encoding: 'utf8' })
    expect(holders.trim()).toBe(join(root, 'git-credentials/password'))
  })

  it.each([
    ['a wrong password', {}, 'GIT_UNAUTHORIZED', 'kubernetes-git-secret'],
    ['no Secret', { secret: undefined }, 'GIT_UNAUTHORIZED', 'kubernetes-git-secret'],
    [
      'a commit that is not there',
      { commit: '1'.repeat(40) },
      'CONTEXT_INVALID',
      'Push the commit',
    ],
    ['a folder that is not there', { folder: 'services/none' }, 'CONTEXT_INVALID', undefined],
  ])('refuses %s, and says so', async (what, changes, code, hint) => {
    const { exitCode, error } = await clone(
      changes,
      what === 'a wrong password' ? 'wrong' : undefined,
    )
    expect(exitCode).not.toBe(0)
    expect(error()).toMatchObject({ code })
    expect(error().hint ?? '').toContain(hint ?? '')
  })

  it('refuses a folder behind a symbolic link, which could lead out of the commit', async () => {
    const commit = commitOnTop((directory) => symlinkSync('/etc', join(directory, 'link')))
    const { exitCode, error } = await clone({ commit, folder: 'link' })
    expect(exitCode).toBe(4)
    expect(error().message).toBe('link is behind a symbolic link')
  })

  it('says so where there is no such repository', async () => {
    const { error } = await clone({ repository: `${server.url}/absent.git` })
    expect(error()).toMatchObject({ code: 'GIT_REPOSITORY_MISSING' })
  })

  it('follows no redirect, which could lead its credentials elsewhere', async () => {
    const script = () => redirectTo(server.url)
    await using front = await startFaultServer({ script, tls: authority.issue('front') })
    const { error } = await clone({ repository: `${front.url}/shop.git` })
    expect(error()).toMatchObject({ code: 'REDIRECT_REFUSED' })
  })

  it('trusts no other CA than that of the site', async () => {
    const stranger = makeCertificateAuthority(temporaryDirectory('stranger'))
    const script = () => redirectTo(server.url)
    await using front = await startFaultServer({ script, tls: stranger.issue('front') })
    const { error } = await clone({ repository: `${front.url}/shop.git` })
    expect(error()).toMatchObject({
      code: 'TLS_UNTRUSTED',
      hint: expect.stringContaining('kubernetes-ca'),
    })
  })
})
