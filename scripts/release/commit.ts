import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { KnownError } from '@tierseal/errors'
import type { ReleaseSource } from './source.ts'

/** The commit of a release and the tags that point at it. */
export interface Release {
  readonly commit: string
  readonly tags: readonly string[]
}

/**
 * Makes the folder a git repository of one commit. Author, date and message come from the source commit
 * alone, so that the same files give the same sha everywhere.
 */
export function commitRelease(directory: string, source: ReleaseSource): Release {
  const identity = {
    GIT_AUTHOR_NAME: 'tierseal release',
    GIT_AUTHOR_EMAIL: 'release@tierseal.invalid',
    GIT_AUTHOR_DATE: source.date,
    GIT_COMMITTER_NAME: 'tierseal release',
    GIT_COMMITTER_EMAIL: 'release@tierseal.invalid',
    GIT_COMMITTER_DATE: source.date,
  }
  const note = source.dirty ? '\n\nIncludes uncommitted changes.' : ''
  const message = `tierseal actions v${source.version}\n\nSource-Revision: ${source.sha}${note}`
  git(directory, ['init', '--quiet', '--object-format=sha1', '--initial-branch=release'])
  git(directory, ['add', '--all', '--force'])
  git(
    directory,
    ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '--message', message],
    identity,
  )
  const tags = [`v${source.version}`, `v${source.version.split('.')[0]}`]
  for (const tag of tags) git(directory, ['tag', '--no-sign', tag])
  return { commit: git(directory, ['rev-parse', 'HEAD']).trim(), tags }
}

/**
 * Pushes the tags, all of them or none: a short tag that moved alone would have its consumers run a commit that no
 * version names. The short one moves by force, a version never does. The forge is reached by the git configuration of
 * whoever pushes: its CA and the account stand there.
 *
 * @throws KnownError where the version names another commit there, or git cannot push
 */
export function pushRelease(directory: string, url: string, { commit, tags }: Release): void {
  const [version, major] = tags
  const refs = [`refs/tags/${version}`, `+refs/tags/${major}`]
  const push = tryGit(directory, ['push', '--quiet', '--atomic', url, ...refs])
  if (push.status === 0) return
  // Not read from git's words, which are made for people.
  const [there] = tryGit(directory, ['ls-remote', url, `refs/tags/${version}`]).stdout.split('\t')
  if (there !== undefined && there !== '' && there !== commit) {
    throw new KnownError(
      'RELEASE_EXISTS',
      `${version} of the target is ${there}, and this release is ${commit}: nothing was pushed`,
      { hint: 'Raise the version in package.json, commit, and release again.' },
    )
  }
  throw new KnownError(
    'RELEASE_NOT_PUSHED',
    `git could not push ${tags.join(' and ')}:\n${push.stderr.trim()}`,
    { hint: 'See that the repository is there and takes tags, and that you may push to it.' },
  )
}

// What a person has configured must not change the commit.
const isolated = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }

function git(directory: string, args: readonly string[], env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = tryGit(directory, args, { ...isolated, ...env })
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
  return stdout
}

function tryGit(
  directory: string,
  args: readonly string[],
  env: Record<string, string> = {},
): SpawnSyncReturns<string> {
  return spawnSync('git', ['-c', 'core.autocrlf=false', ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
}
