import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { KnownError } from '@tierseal/errors'
import { type ActionName, actions } from '../bundle.ts'
import { root } from '../root.ts'
import { releaseDocuments } from './documents.ts'

/**
 * Writes the files of a release: per action its action.yml, README and dist; for all of them README,
 * LICENSE, the error codes, the licences of what is bundled, and checksums. No sources.
 *
 * @param directory absolute
 * @throws KnownError where the folder holds something already
 */
export function writeReleaseTree(directory: string, owner: string): void {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new KnownError('RELEASE_FOLDER_TAKEN', `${directory} is not empty`, {
      hint: 'Name an empty folder, or one that is not there.',
    })
  }
  for (const name of actions) copyBundles(name, join(directory, name, 'dist'))
  for (const [place, text] of releaseDocuments(owner)) {
    mkdirSync(dirname(join(directory, place)), { recursive: true })
    writeFileSync(join(directory, place), text)
  }
  writeFileSync(join(directory, 'THIRD-PARTY-LICENSES.txt'), bundledLicences())
  writeFileSync(join(directory, 'SHA256SUMS'), checksums(directory))
}

function copyBundles(name: ActionName, target: string): void {
  cpSync(join(root, 'actions', name, 'dist'), target, {
    recursive: true,
    filter: (path) => !/\.source-hash$|licenses\.txt$/.test(path),
  })
}

// ncc writes one file per bundle; the same package stands in several.
function bundledLicences(): string {
  const texts = actions.flatMap((name) =>
    readdirSync(join(root, 'actions', name, 'dist')).map((phase) =>
      readFileSync(join(root, 'actions', name, 'dist', phase, 'licenses.txt'), 'utf8'),
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
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort()
  const lines = files.map((file) => {
    const digest = createHash('sha256')
      .update(readFileSync(join(directory, file)))
      .digest('hex')
    return `${digest}  ${file}\n`
  })
  return lines.join('')
}
