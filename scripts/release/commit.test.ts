import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@tierseal/test-kit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { commitRelease, type Release } from './commit.ts'
import { pushRelease } from './push.ts'

const date = '2026-01-02T03:04:05Z'
let target: string

beforeEach(() => {
  target = temporaryDirectory('target')
  execFileSync('git', ['init', '--quiet', '--bare', target])
})

afterEach(() => vi.unstubAllEnvs())

/** What `git config --global` of the person who releases says. */
function configure(text: string): void {
  const path = join(temporaryDirectory('configuration'), 'gitconfig')
  writeFileSync(path, text)
  vi.stubEnv('GIT_CONFIG_GLOBAL', path)
}

function release(version: string, text: string): Release & { readonly directory: string } {
  const directory = temporaryDirectory('release')
  writeFileSync(join(directory, 'action.yml'), text)
  const source = { sha: 'a'.repeat(40), date, version, dirty: false }
  return { directory, ...commitRelease(directory, source) }
}

function push({ directory, ...made }: ReturnType<typeof release>, url = target) {
  return pushRelease(directory, url, made)
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

  it.each(['1.0.1', '1.10.0-rc.1'])(
    'leaves v1 where a newer version is, and tells it: %s after 1.10.0',
    (older) => {
      const newest = release('1.10.0', 'newest')
      push(release('1.9.0', 'first'))
      push(newest)
      push(release('2.0.0', 'another major'))
      const late = release(older, 'late')
      expect(push(late)).toEqual({ pushed: [`v${older}`], newer: 'v1.10.0' })
      expect(tagsOf(target)).toMatchObject({ [`v${older}`]: late.commit, v1: newest.commit })
    },
  )

  it('moves v1 where it was left behind by hand', () => {
    const first = release('1.0.0', 'first')
    const next = release('1.1.0', 'next')
    push(first)
    push(next)
    execFileSync('git', ['-C', target, 'tag', '--force', 'v1', first.commit], { stdio: 'pipe' })
    expect(push(next)).toEqual({ pushed: ['v1.1.0', 'v1'], newer: undefined })
    expect(tagsOf(target)['v1']).toBe(next.commit)
  })

  it('reaches the target as the git of the person who pushes does', () => {
    configure(`[url "${target}"]\n  insteadOf = forge:actions\n`)
    const first = release('1.0.0', 'first')
    push(first, 'forge:actions')
    expect(tagsOf(target)).toEqual({ 'v1.0.0': first.commit, v1: first.commit })
  })

  it('is the same commit whatever their git is configured to', () => {
    const { commit } = release('1.0.0', 'first')
    configure('[i18n]\n  commitEncoding = latin1\n[commit]\n  gpgSign = true\n')
    expect(release('1.0.0', 'first').commit).toBe(commit)
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
