import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { actions } from '../bundle.ts'
import { root } from '../root.ts'

/** SHA-256 in hex of every file of every bundle, by its path in the checkout. */
export function hashBundles(): ReadonlyMap<string, string> {
  const files = actions.flatMap((name) => {
    const dist = join(root, 'actions', name, 'dist')
    const entries = readdirSync(dist, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  })
  return new Map(files.sort().map((file) => [relative(root, file), hashFile(file)]))
}

function hashFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
