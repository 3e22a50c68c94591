import { KnownError } from '@tierseal/errors'
import type { Release } from './commit.ts'
import { gitOfPerson } from './git.ts'
import { newerVersion } from './newer-version.ts'

/** What came of a push. */
export interface Pushed {
  readonly pushed: readonly string[]
  /** The version of the target for which the short tag was left where it is; undefined where it was pushed. */
  readonly newer: string | undefined
}

/**
 * Pushes the tags, all of them or none: a short tag that moved alone would have its consumers run a commit that no
 * version names. The short one moves by force, and never back from a newer version; a version never moves.
 *
 * @param url an address, or an absolute path
 * @throws KnownError RELEASE_EXISTS where the version names another commit there, RELEASE_NOT_PUSHED
 */
export function pushRelease(directory: string, url: string, { commit, tags }: Release): Pushed {
  const [version, major] = tags
  const there = tagsOf(directory, url, tags)
  const named = there.get(version)
  if (named !== undefined && named !== commit) throw exists(version, named, commit)
  const newer = newerVersion(version, [...there.keys()])
  const pushed = newer === undefined ? [version, major] : [version]
  // The short tag moves from what was seen only: a newer version may be pushed at this moment.
  const lease = `--force-with-lease=refs/tags/${major}:${there.get(major) ?? ''}`
  const args = ['push', '--quiet', '--atomic', lease, '--', url]
  const push = gitOfPerson(directory, [...args, ...pushed.map((tag) => `refs/tags/${tag}`)])
  if (push.status !== 0) throw notPushed(pushed, push.stderr)
  return { pushed, newer }
}

/** What each tag of this major version names in the target. */
function tagsOf(
  directory: string,
  url: string,
  tags: Release['tags'],
): ReadonlyMap<string, string> {
  const [, major] = tags
  const patterns = [`refs/tags/${major}`, `refs/tags/${major}.*`]
  const list = gitOfPerson(directory, ['ls-remote', '--', url, ...patterns])
  if (list.status !== 0) throw notPushed(tags, list.stderr)
  const rows = [...list.stdout.matchAll(/^(\S+)\trefs\/tags\/([^^\n]+)$/gm)]
  return new Map(rows.map(([, sha = '', tag = '']) => [tag, sha]))
}

function exists(version: string, named: string, commit: string): KnownError {
  return new KnownError(
    'RELEASE_EXISTS',
    `${version} of the target is ${named}, and this release is ${commit}: nothing was pushed`,
    { hint: 'Raise the version in package.json, commit, and release again.' },
  )
}

function notPushed(tags: readonly string[], said: string): KnownError {
  return new KnownError(
    'RELEASE_NOT_PUSHED',
    `git could not push ${tags.join(' and ')}:\n${said.trim()}`,
    { hint: 'See that the repository is there and takes tags, and that you may push to it.' },
  )
}
