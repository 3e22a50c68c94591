import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'

/** What stands at a path: a plain file in plain folders, nothing at all, or anything else. */
export type Kind = 'file' | 'nothing' | 'other'

/**
 * One look at a folder, following no link: what a link leads to is not the site's, whoever committed it.
 * Folders are remembered, so a look is over when something is written.
 */
export class Look {
  readonly #root: string
  readonly #folders = new Map<string, 'folder' | 'nothing' | 'other'>([['', 'folder']])

  constructor(root: string) {
    this.#root = root
  }

  kindOf(path: string): Kind {
    const folder = this.folderKind(parentOf(path))
    if (folder !== 'folder') return folder
    const kind = kindOf(this.#stats(path))
    return kind === 'folder' ? 'other' : kind
  }

  /** What stands in the way of writing a file here, or undefined; a link in its place does not. */
  obstacle(path: string): string | undefined {
    const parts = path.split('/')
    for (let length = 1; length < parts.length; length += 1) {
      const folder = parts.slice(0, length).join('/')
      const kind = this.folderKind(folder)
      if (kind === 'nothing') return undefined
      if (kind !== 'folder') return folder
    }
    return this.#stats(path)?.isDirectory() === true ? path : undefined
  }

  /** Whether a plain folder stands here, or nothing, or what is neither. */
  folderKind(path: string): 'folder' | 'nothing' | 'other' {
    const known = this.#folders.get(path)
    if (known !== undefined) return known
    const parent = this.folderKind(parentOf(path))
    const found = parent === 'folder' ? kindOf(this.#stats(path)) : parent
    const kind = found === 'file' ? 'other' : found
    this.#folders.set(path, kind)
    return kind
  }

  #stats(path: string): Stats | undefined {
    return lstatSync(join(this.#root, ...path.split('/')), { throwIfNoEntry: false })
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function kindOf(stats: Stats | undefined): Kind | 'folder' {
  if (stats === undefined) return 'nothing'
  if (stats.isDirectory()) return 'folder'
  return stats.isFile() ? 'file' : 'other'
}
