import { gitAlike } from './git.ts'
import type { ReleaseSource } from './source.ts'

/** The commit of a release and the tags that point at it. */
export interface Release {
  readonly commit: string
  /** The version and its major part: v1.2.3 and v1. */
  readonly tags: readonly [version: string, major: string]
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
  gitAlike(directory, ['init', '--quiet', '--object-format=sha1', '--initial-branch=release'])
  gitAlike(directory, ['add', '--all', '--force'])
  gitAlike(
    directory,
    ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '--message', message],
    identity,
  )
  const tags = [`v${source.version}`, `v${source.version.split('.')[0]}`] as const
  for (const tag of tags) gitAlike(directory, ['tag', '--no-sign', tag])
  return { commit: gitAlike(directory, ['rev-parse', 'HEAD']).trim(), tags }
}
