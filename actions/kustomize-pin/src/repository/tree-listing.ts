import { KnownError } from '@tierseal/errors'
import type { BareRepository } from './bare-repository.ts'

/** One object of a commit's tree. */
export interface TreeEntry {
  readonly path: string
  readonly object: string
  readonly kind: 'file' | 'directory' | 'symbolic link' | 'submodule'
  /** As git writes it, such as 100644. */
  readonly mode: string
}

// runProcess keeps the last 4 MiB of what a program prints; a longer list would have lost its head.
const maxListing = 4 * 1024 * 1024 - 1

const kinds: Readonly<Record<string, TreeEntry['kind']>> = {
  '040000': 'directory',
  '120000': 'symbolic link',
  '160000': 'submodule',
}

/**
 * What the commit holds at this path: the entry itself, or everything below it with `recursive`.
 *
 * @throws KnownError PIN_FILE_TOO_LARGE where there is more than any overlay needs
 */
export async function listTree(
  repository: BareRepository,
  commit: string,
  paths: readonly string[],
  recursive: boolean,
): Promise<readonly TreeEntry[]> {
  const flags = ['--full-tree', '-z', ...(recursive ? ['-r'] : [])]
  const listing = await repository.local(['ls-tree', ...flags, commit, '--', ...paths])
  if (Buffer.byteLength(listing) >= maxListing) {
    throw new KnownError('PIN_FILE_TOO_LARGE', `${paths.join(', ')} holds too many files to list`)
  }
  return listing
    .split('\0')
    .filter((line) => line !== '')
    .map(parseEntry)
}

/**
 * Refuses a path that is not made of plain directories.
 *
 * @returns the entry at the path; undefined where there is none
 * @throws KnownError PIN_PATH_REFUSED
 */
export async function resolvePlainPath(
  repository: BareRepository,
  commit: string,
  path: string,
): Promise<TreeEntry | undefined> {
  const parts = path.split('/')
  const chain = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  const entries = await listTree(repository, commit, chain, false)
  for (const { path: at, kind } of entries) {
    if (kind === 'symbolic link' || kind === 'submodule') throw refused(path, at, kind)
  }
  return entries.find((entry) => entry.path === path)
}

function parseEntry(line: string): TreeEntry {
  const tab = line.indexOf('\t')
  const [mode = '', , object = ''] = line.slice(0, tab).split(' ')
  return { path: line.slice(tab + 1), object, mode, kind: kinds[mode] ?? 'file' }
}

function refused(path: string, at: string, kind: string): KnownError {
  return new KnownError(
    'PIN_PATH_REFUSED',
    `${path} is refused: ${at} is a ${kind} in the GitOps repository`,
    { hint: 'Use plain directories inside the repository.' },
  )
}
