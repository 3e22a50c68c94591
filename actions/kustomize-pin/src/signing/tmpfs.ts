import { fileSystemOf } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'

/**
 * Refuses a folder that is not in memory: what is deleted from a disk can be read back.
 *
 * @throws KnownError PIN_KEYRING_ON_DISK
 */
export function demandTmpfs(directory: string): void {
  if (isInMemory(directory)) return
  throw new KnownError('PIN_KEYRING_ON_DISK', `${directory} is not on a tmpfs`, {
    hint: 'Mount a tmpfs (medium: Memory) there, or name another one with signing-directory.',
  })
}

function isInMemory(directory: string): boolean {
  try {
    return fileSystemOf(directory).inMemory
  } catch (error) {
    throw new KnownError('PIN_KEYRING_ON_DISK', `${directory}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
