import { spawnSync } from 'node:child_process'
import type { ReleaseSource } from './source.ts'

/** The commit of a release and the tags that point at it. */
export interface Release {
  readonly commit: string
  readonly tags: readonly string[]
}

/**
 * Makes the folder a git repository of one commit. Author, date and message come from the source commit
 * alone, so that the same source gives the same sha everywhere.
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

/** Pushes the tags; the short one moves by force, a version never does. */
export function pushRelease(directory: string, url: string, tags: readonly string[]): void {
  const [version, major] = tags
  git(directory, ['push', url, `refs/tags/${version}`, `+refs/tags/${major}`])
}

function git(directory: string, args: readonly string[], env: Record<string, string> = {}): string {
  const isolated = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const { status, stdout, stderr } = spawnSync('git', ['-c', 'core.autocrlf=false', ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, ...isolated, ...env },
  })
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
  return stdout
}
