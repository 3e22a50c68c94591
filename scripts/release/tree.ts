import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionName, actions } from '../bundle.ts'
import { root } from '../root.ts'

/**
 * Writes the files of a release: per action its action.yml, README and dist; for all of them README,
 * LICENSE, the licences of what is bundled, and checksums. No sources.
 *
 * @throws Error where the folder holds something already
 */
export function writeReleaseTree(directory: string, owner: string): void {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new Error(`${directory} is not empty`)
  }
  mkdirSync(directory, { recursive: true })
  for (const name of actions) copyAction(name, directory, owner)
  writeFileSync(join(directory, 'README.md'), forOwner(readSource('actions/README.md'), owner))
  writeFileSync(join(directory, 'LICENSE'), readSource('LICENSE'))
  writeFileSync(join(directory, 'THIRD-PARTY-LICENSES.txt'), bundledLicences())
  writeFileSync(join(directory, 'SHA256SUMS'), checksums(directory))
}

function copyAction(name: ActionName, directory: string, owner: string): void {
  const target = join(directory, name)
  mkdirSync(target)
  writeFileSync(join(target, 'action.yml'), readSource(`actions/${name}/action.yml`))
  writeFileSync(join(target, 'README.md'), forOwner(readSource(`actions/${name}/README.md`), owner))
  cpSync(join(root, 'actions', name, 'dist'), join(target, 'dist'), {
    recursive: true,
    filter: (path) => !/\.source-hash$|licenses\.txt$/.test(path),
  })
}

function readSource(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function forOwner(text: string, owner: string): string {
  return text.replaceAll('uses: org/actions/', `uses: ${owner}/actions/`)
}

// ncc writes one file per bundle; the same package stands in several.
function bundledLicences(): string {
  const texts = actions.flatMap((name) =>
    readdirSync(join(root, 'actions', name, 'dist')).map((phase) =>
      readSource(`actions/${name}/dist/${phase}/licenses.txt`),
    ),
  )
  const entries = texts.flatMap((text) =>
    text.split(/\n(?=(?:@[\w.-]+\/)?[\w.-]+\n(?:[\w().-]+|\s*)\n)/),
  )
  return `${[...new Set(entries.map((entry) => entry.trim()))].sort().join('\n\n')}\n`
}

function checksums(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
  const lines = files.map((file) => {
    const digest = createHash('sha256')
      .update(readFileSync(join(directory, file)))
      .digest('hex')
    return `${digest}  ${file}\n`
  })
  return lines.join('')
}
