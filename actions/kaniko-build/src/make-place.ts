import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rememberPlace } from './state.ts'

/**
 * Makes the folder of a build, of mode 0700, remembered before it is there: a main that is killed in between
 * leaves none that post does not know.
 *
 * @param purpose a word for its name
 * @param parent the folder that it is made in
 */
export function makePlace(purpose: string, parent: string = runnerTemp()): string {
  const directory = join(parent, `tierseal-${purpose}-${randomBytes(6).toString('hex')}`)
  rememberPlace(directory)
  mkdirSync(directory, { mode: 0o700 })
  return directory
}

function runnerTemp(): string {
  return process.env['RUNNER_TEMP'] || tmpdir()
}
