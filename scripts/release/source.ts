import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'

/** The commit that a release is made from. */
export interface ReleaseSource {
  readonly sha: string
  /** Committer date, ISO 8601: the release commit carries it, so that its sha is the same for everybody. */
  readonly date: string
  readonly version: string
  readonly dirty: boolean
}

/** The source of a release, or a sentence saying why there can be none. */
export function describeSource(allowDirty: boolean): ReleaseSource | string {
  const head = git(['log', '-1', '--format=%H %cI'])
  const [sha, date] = head.trim().split(' ')
  if (sha === undefined || date === undefined) return 'there is no commit to release'
  const dirty = git(['status', '--porcelain']) !== ''
  if (dirty && !allowDirty)
    return 'there are uncommitted changes: commit them, or say --allow-dirty'
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return { sha, date, version, dirty }
}

function git(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout
}
