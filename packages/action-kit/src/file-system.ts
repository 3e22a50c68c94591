import { statfsSync } from 'node:fs'

/** The file system that a folder lies on. */
export interface FileSystem {
  /** f_type of statfs(2). */
  readonly type: number
  /** Whether nothing of it ever reaches a disk by itself. */
  readonly inMemory: boolean
}

// linux/magic.h: TMPFS_MAGIC and RAMFS_MAGIC.
const memoryTypes: readonly number[] = [0x01021994, 0x858458f6]

/** @throws Error where the folder is not there */
export function fileSystemOf(path: string): FileSystem {
  const { type } = statfsSync(path)
  return { type, inMemory: memoryTypes.includes(type) }
}
