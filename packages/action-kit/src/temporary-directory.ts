import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TemporaryDirectoryOptions {
  /** Default is RUNNER_TEMP, which the runner empties after the job. */
  readonly parent?: string | undefined
  /** Where the path would be longer, the folder is made in the system's own place for temporary files. */
  readonly maxBytes?: number
}

/**
 * A new folder of mode 0700.
 *
 * @param purpose a word for its name
 * @param announce gets the path before anything is there: post must know it even where main is killed at once
 */
export function makeTemporaryDirectory(
  purpose: string,
  announce: (path: string) => void,
  { parent, maxBytes = Number.POSITIVE_INFINITY }: TemporaryDirectoryOptions = {},
): string {
  const name = `tierseal-${purpose}-${randomBytes(6).toString('hex')}`
  const wanted = join(parent ?? (process.env['RUNNER_TEMP'] || tmpdir()), name)
  const path = Buffer.byteLength(wanted) > maxBytes ? join(tmpdir(), name) : wanted
  announce(path)
  mkdirSync(path, { mode: 0o700 })
  return path
}
