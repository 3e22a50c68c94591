import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@tierseal/test-kit'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../../packages/cli/src/index.ts'
import { siteText } from './site/site-text.ts'

let folder: string
const commits = new Map<string, string>()

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@localhost']
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8' }).trim()
}

// A mirror as the forge has it: releases as annotated tags.
function makeMirror(name: string, releases: readonly string[]): void {
  const path = join(folder, 'forge', `${name}.git`)
  mkdirSync(path, { recursive: true })
  git(path, 'init', '--quiet')
  for (const release of releases) {
    git(path, 'commit', '--quiet', '--allow-empty', '-m', release)
    git(path, 'tag', '-a', release, '-m', release)
    commits.set(`${name} ${release}`, git(path, 'rev-parse', 'HEAD'))
  }
}

async function updateActions(...args: readonly string[]) {
  const out: string[] = []
  const error: string[] = []
  const exitCode = await runCli(['update-actions', ...args], {
    out: (text) => out.push(text),
    error: (text) => error.push(text),
    colours: false,
    folder,
    env: gitEnvironment(),
  })
  return { exitCode, out: out.join('\n'), error: error.join('\n') }
}

// The address in tiers.yaml is https; this machine's git is told that it lies in a folder.
function gitEnvironment() {
  return { PATH: process.env['PATH'], HOME: folder }
}

describe('update-actions', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(temporaryDirectory('actions'), 'site-'))
    makeMirror('platform/actions', ['v1.0.0', 'v1.10.0', 'v1.9.0'])
    makeMirror('actions/checkout', ['v5.0.0'])
    const rewrite = `[url "file://${join(folder, 'forge')}/"]\n\tinsteadOf = https://git.internal/\n`
    writeFileSync(join(folder, '.gitconfig'), rewrite)
    writeFileSync(join(folder, 'tiers.yaml'), siteText())
  })

  test('--check tells that a tag names another commit, and changes nothing', async () => {
    expect(await updateActions('--check')).toMatchObject({ exitCode: 1, error: '' })
    expect(readFileSync(join(folder, 'tiers.yaml'), 'utf8')).toBe(siteText())
  })

  test('writes the commit behind the tag, and nothing else of tiers.yaml', async () => {
    expect(await updateActions()).toMatchObject({ exitCode: 0, error: '' })
    const expected = siteText()
      .replace(/3f1d[0-9a-f]+/, `"${commits.get('platform/actions v1.0.0') ?? ''}"`)
      .replace(/08c6[0-9a-f]+/, `"${commits.get('actions/checkout v5.0.0') ?? ''}"`)
    expect(readFileSync(join(folder, 'tiers.yaml'), 'utf8')).toBe(expected)
    expect(await updateActions('--check')).toMatchObject({ exitCode: 0 })
  })

  test('--latest takes the highest release, by number', async () => {
    const { out } = await updateActions('--latest')
    expect(out).toBe(`actions: v1.10.0 is ${commits.get('platform/actions v1.10.0') ?? ''}`)
    expect(readFileSync(join(folder, 'tiers.yaml'), 'utf8')).toContain('version: v1.10.0')
  })

  test('names a release that the forge does not have', async () => {
    const text = readFileSync(join(folder, 'tiers.yaml'), 'utf8')
    writeFileSync(join(folder, 'tiers.yaml'), text.replace('v1.10.0', 'v1.10.1'))
    const { exitCode, error } = await updateActions()
    expect(exitCode).toBe(2)
    expect(error).toContain(
      'error[ACTION_RELEASE_UNKNOWN]: platform/actions has no release v1.10.1',
    )
  })
})
