import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as io from '@actions/io'

/** A new folder of mode 0700 under RUNNER_TEMP, which the runner empties after the job. */
export function makeTemporaryDirectory(purpose: string): string {
  const base = process.env['RUNNER_TEMP'] || tmpdir()
  return mkdtempSync(join(base, `tierseal-${purpose}-`))
}

/** Removes such a folder with all that is in it; absent is as good. */
export async function removeTemporaryDirectory(path: string): Promise<void> {
  await io.rmRF(path)
}
