import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@tierseal/test-kit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { commitRelease, pushRelease, type Release } from './commit.ts'

const date = '2026-01-02T03:04:05Z'
let target: string

beforeEach(() => {
  target = temporaryDirectory('target')
  execFileSync('git', ['init', '--quiet', '--bare', target])
})
afterEach(() => vi.unstubAllEnvs())

function release(version: string, text: string): Release & { readonly directory: string } {
  const directory = temporaryDirectory('release')
  writeFileSync(join(directory, 'action.yml'), text)
  const source = { sha: 'a'.repeat(40), date, version, dirty: false }
  return { directory, ...commitRelease(directory, source) }
}

function push({ directory, ...made }: ReturnType<typeof release>, url = target): void {
  pushRelease(directory, url, made)
}

function tagsOf(repository: string): Readonly<Record<string, string>> {
  const format = '--format=%(refname:short) %(objectname)'
  const output = execFileSync('git', ['-C', repository, 'for-each-ref', format, 'refs'])
  return Object.fromEntries(
    output
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split(' ')),
  )
}

describe('a release that is pushed', () => {
  it('is named by its version and by v1, which moves to the next one', () => {
    const first = release('1.0.0', 'first')
    push(first)
    const next = release('1.1.0', 'next')
    push(next)
    expect(tagsOf(target)).toEqual({
      'v1.0.0': first.commit,
      'v1.1.0': next.commit,
      v1: next.commit,
    })
  })

  it('is refused whole where the version names another commit: v1 stays, too', () => {
    const first = release('1.0.0', 'first')
    push(first)
    const other = release('1.0.0', 'other')
    expect(() => push(other)).toThrow(
      expect.objectContaining({
        code: 'RELEASE_EXISTS',
        message: `v1.0.0 of the target is ${first.commit}, and this release is ${other.commit}: nothing was pushed`,
        hint: expect.stringContaining('package.json'),
      }),
    )
    expect(tagsOf(target)).toEqual({ 'v1.0.0': first.commit, v1: first.commit })
  })

  it('can be pushed again as it is', () => {
    const first = release('1.0.0', 'first')
    push(first)
    push(first)
    expect(tagsOf(target)).toEqual({ 'v1.0.0': first.commit, v1: first.commit })
  })

  // The CA of the forge and the account there stand in the configuration of whoever pushes; the commit knows neither.
  it('reaches the forge as the person does, and is the same commit for everybody', () => {
    const other = release('1.0.0', 'first')
    const configuration = join(temporaryDirectory('home'), 'gitconfig')
    const lines = [`[url "${target}"]`, 'insteadOf = https://git.invalid/actions.git']
    const own = ['[user]', 'name = somebody', '[commit]', 'gpgSign = true']
    writeFileSync(configuration, [...lines, ...own, ''].join('\n'))
    vi.stubEnv('GIT_CONFIG_GLOBAL', configuration)
    push(release('1.0.0', 'first'), 'https://git.invalid/actions.git')
    expect(tagsOf(target)).toEqual({ 'v1.0.0': other.commit, v1: other.commit })
  })

  it('tells what git said where there is no such repository', () => {
    const nowhere = join(temporaryDirectory('nowhere'), 'none.git')
    expect(() => push(release('1.0.0', 'first'), nowhere)).toThrow(
      expect.objectContaining({
        code: 'RELEASE_NOT_PUSHED',
        message: expect.stringContaining('does not appear to be a git repository'),
      }),
    )
  })
})
