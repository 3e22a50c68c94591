import { fileSystemOf } from './file-system.ts'
import { log } from './log.ts'
import { appendSummary, summaryNote } from './summary.ts'

/** A secret in a folder that is in memory. */
interface SecretInMemory {
  /** What messages call the folder. */
  readonly folder: string
  readonly secret: string
  /** What helps besides another file system there: a clause that begins with a comma and "or". */
  readonly remedy?: string
}

/**
 * Warns in the log and in the summary where the kernel can write what is in a folder to a disk. It is not refused:
 * who has swap on an encrypted disk has nothing to fear, and a step cannot see that.
 */
export function warnOfSwap(path: string, { folder, secret, remedy = '' }: SecretInMemory): void {
  if (!fileSystemOf(path).swappable) return
  const mount = `mount a ramfs there, or a tmpfs with noswap (Linux 6.4)${remedy}`
  const text = `${folder} is a tmpfs and this machine has swap, so ${secret} may get to a disk while it is there: ${mount}`
  log.warning(text)
  appendSummary(summaryNote(text))
}
