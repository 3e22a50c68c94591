import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * SHA-256 in hex of everything that decides what a bundle holds: our compiled code and the modules that stand in for
 * others, what says which of them are bundled (package.json), the locked dependencies, their patches, and the bundler's options.
 *
 * @param root the checkout, absolute
 */
export function hashInputs(root: string): string {
  const files = [
    join(root, 'pnpm-lock.yaml'),
    join(root, 'scripts', 'bundle.ts'),
    ...filesBelow(join(root, 'patches')),
    ...['packages', 'actions'].flatMap((group) => filesBelow(join(root, group)).filter(isCode)),
  ]
  const hash = createHash('sha256')
  for (const file of files.toSorted()) {
    const content = readFileSync(file)
    // With its length, lest the end of one be taken for the beginning of the next.
    hash.update(`${relative(root, file)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

function isCode(path: string): boolean {
  return /(\.[cm]?js|\/package\.json)$/.test(path)
}

// node_modules has what the lockfile names, src what lib is compiled from, and dist is what is made.
const skipped = new Set(['node_modules', 'src', 'dist'])

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(path)
    return [path]
  })
}
