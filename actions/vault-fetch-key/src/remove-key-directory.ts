import { rmSync } from 'node:fs'
import { basename } from 'node:path'

/** How the name of a folder for one key begins. */
export const folderPrefix = 'tierseal-key-'

/** Removes such a folder and nothing else; absent is as good. */
export function removeKeyDirectory(path: string): void {
  if (!basename(path).startsWith(folderPrefix)) return
  rmSync(path, { recursive: true, force: true })
}
