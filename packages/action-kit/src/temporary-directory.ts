import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder of mode 0700 under RUNNER_TEMP, which the runner empties after the job. */
export function makeTemporaryDirectory(purpose: string): string {
  const base = process.env['RUNNER_TEMP'] || tmpdir()
  return mkdtempSync(join(base, `tierseal-${purpose}-`))
}

/** Removes such a folder with all that is in it; absent is as good. */
export function removeTemporaryDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 300 })
}
