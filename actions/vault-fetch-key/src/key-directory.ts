import { randomUUID } from 'node:crypto'
import { closeSync, constants, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileSystemOf, log, warnOfSwap } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import type { FileHandle } from '@tierseal/vault'
import { folderPrefix, removeKeyDirectory } from './remove-key-directory.ts'

/**
 * Makes a folder of mode 0700 for one key, on a file system that is in memory.
 *
 * @param allowed a folder that may be on a disk, because the user named it so
 * @param announce gets the path before anything is there: whoever is to remove it must know it first
 * @throws KnownError HANDOVER_NOT_TMPFS, HANDOVER_DIRECTORY
 */
export function makeKeyDirectory(
  parent: string,
  allowed: string | undefined,
  announce: (path: string) => void,
): string {
  refuseDisk(parent, allowed)
  const path = join(parent, folderPrefix + randomUUID())
  announce(path)
  attempt(parent, () => mkdirSync(path, { mode: 0o700 }))
  try {
    // Again on the folder itself: the parent could have been a link that changed.
    refuseDisk(path, allowed === parent ? path : undefined)
    warnOfSwap(path, { folder: parent, secret: 'the key', remedy: ', or use handover wrapped' })
    return path
  } catch (error) {
    removeKeyDirectory(path)
    throw error
  }
}

/**
 * Writes the key and its password, each to a new file of mode 0600.
 *
 * @throws KnownError HANDOVER_DIRECTORY, as where there is no room
 */
export function writeKeyFiles(folder: string, privateKey: string, password: string): FileHandle {
  const path = join(folder, 'cosign.key')
  const passwordPath = join(folder, 'cosign.password')
  attempt(path, () => writeNewFile(path, privateKey))
  attempt(passwordPath, () => writeNewFile(passwordPath, password))
  return { kind: 'file', path, passwordPath }
}

function refuseDisk(path: string, allowed: string | undefined): void {
  const { type, inMemory } = attempt(path, () => fileSystemOf(path))
  if (inMemory) return
  if (path === allowed) {
    log.warning(
      `${path} is on a disk (file system type 0x${type.toString(16)}), allowed by allow-directory`,
    )
    return
  }
  throw new KnownError(
    'HANDOVER_NOT_TMPFS',
    `${path} is not on a tmpfs (file system type 0x${type.toString(16)}): a key there reaches a disk`,
    { hint: 'Use /dev/shm, or handover wrapped, or name the folder in allow-directory too.' },
  )
}

function writeNewFile(path: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    writeFileSync(file, text)
  } finally {
    closeSync(file)
  }
}

function attempt<T>(path: string, operation: () => T): T {
  try {
    return operation()
  } catch (error) {
    throw new KnownError('HANDOVER_DIRECTORY', `${path}: ${messageOf(error)}`, {
      hint: 'Name a folder in key-directory that exists, has room, and that the runner may write to.',
    })
  }
}
