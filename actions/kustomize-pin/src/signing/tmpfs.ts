import { statfsSync } from 'node:fs'
import { KnownError, messageOf } from '@tierseal/errors'

// linux/magic.h
const memoryFilesystems: ReadonlySet<number> = new Set([0x01021994, 0x858458f6])

/**
 * Refuses a folder that is not in memory: what is deleted from a disk can be read back.
 *
 * @throws KnownError PIN_KEYRING_ON_DISK
 */
export function demandTmpfs(directory: string): void {
  if (memoryFilesystems.has(filesystemOf(directory))) return
  throw new KnownError('PIN_KEYRING_ON_DISK', `${directory} is not on a tmpfs`, {
    hint: 'Mount a tmpfs (medium: Memory) there, or name another one with signing-directory.',
  })
}

function filesystemOf(directory: string): number {
  try {
    return statfsSync(directory).type
  } catch (error) {
    throw new KnownError('PIN_KEYRING_ON_DISK', `${directory}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
