import { statfsSync, statSync } from 'node:fs'
import { readText } from './read-text.ts'

/** The file system that a folder lies on. */
export interface FileSystem {
  /** f_type of statfs(2). */
  readonly type: number
  /** Whether nothing of it ever reaches a disk, but for what the kernel swaps out. */
  readonly inMemory: boolean
  /** Whether the kernel can swap it out here: a tmpfs, on a machine with swap, without the option noswap. */
  readonly swappable: boolean
}

// linux/magic.h: TMPFS_MAGIC and RAMFS_MAGIC. What is in a ramfs is never swapped out.
const tmpfs = 0x01021994
const ramfs = 0x858458f6

/** @throws Error where the folder is not there */
export function fileSystemOf(path: string): FileSystem {
  const { type } = statfsSync(path)
  const inMemory = type === tmpfs || type === ramfs
  return { type, inMemory, swappable: type === tmpfs && hasSwap() && !isKept(path) }
}

// Below the line of names, one for each device or file.
function hasSwap(): boolean {
  return readText('/proc/swaps').trim().split('\n').length > 1
}

// The option since Linux 6.4. The options of a mount stand at its end in mountinfo, found by the number of its device,
// which for a file system without a disk has a major part of 0 (proc(5), stat(2)).
function isKept(path: string): boolean {
  const { dev } = statSync(path)
  const device = `0:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`
  const mounts = readText('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' '))
  const options = mounts.find((mount) => mount[2] === device)?.at(-1) ?? ''
  return options.split(',').includes('noswap')
}
