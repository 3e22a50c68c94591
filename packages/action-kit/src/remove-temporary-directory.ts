import { rmSync } from 'node:fs'

/** Removes a folder of makeTemporaryDirectory with all that is in it; absent is as good. */
export function removeTemporaryDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 300 })
}
