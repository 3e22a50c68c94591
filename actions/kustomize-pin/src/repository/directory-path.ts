import { posix } from 'node:path'
import { KnownError } from '@tierseal/errors'

// git is asked about every folder on the way at once, in one command line.
const maxLength = 1024

/**
 * A directory of the repository, relative to its root, in its shortest form; `.` is the root.
 *
 * @throws KnownError PIN_PATH_REFUSED for an absolute path, one that leads out, one of more than 1024 characters, or
 *   control characters
 */
export function parseDirectory(text: string): string {
  return resolveDirectory('.', text)
}

/**
 * The directory that `text` means inside `base`.
 *
 * @throws KnownError PIN_PATH_REFUSED
 */
export function resolveDirectory(base: string, text: string): string {
  const flaw = findFlaw(base, text)
  if (flaw === undefined) return posix.join(base, text).replace(/(?<=.)\/$/, '')
  throw new KnownError('PIN_PATH_REFUSED', `${shown(text)} (in ${base}) ${flaw}`, {
    hint: 'Name directories relative to the root of the GitOps repository, inside it.',
  })
}

function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}

function findFlaw(base: string, text: string): string | undefined {
  if (text === '') return 'is empty'
  if (base.length + text.length > maxLength) return `is longer than ${maxLength} characters`
  if (posix.isAbsolute(text)) return 'is an absolute path'
  if (hasControlCharacter(text)) return 'holds a control character'
  if (text.includes('\\')) return 'holds a backslash'
  const joined = posix.join(base, text)
  if (joined === '..' || joined.startsWith('../')) return 'leads out of the repository'
  const inGit = joined.split('/').some((part) => part.toLowerCase() === '.git')
  return inGit ? 'leads into .git' : undefined
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f')
}
