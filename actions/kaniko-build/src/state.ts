import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readState, saveState } from '@tierseal/action-kit'

const placeName = 'place'
const sessionName = 'session'

/** What post needs to end what main left. */
export interface BuildState {
  /** The folder that holds everything of the build, secrets too. */
  readonly place: string | undefined
  /** The session that every child of the engine belongs to. */
  readonly session: number | undefined
}

/**
 * Makes the folder of a build, of mode 0700, remembered before it is there: a main that is killed in between
 * leaves none that post does not know.
 *
 * @param purpose a word for its name
 * @param parent the folder that it is made in
 */
export function makePlace(purpose: string, parent: string = runnerTemp()): string {
  const directory = join(parent, `tierseal-${purpose}-${randomBytes(6).toString('hex')}`)
  saveState(placeName, directory)
  mkdirSync(directory, { mode: 0o700 })
  return directory
}

/** Remembers the session of the engine's process, which leads it. */
export function rememberSession(pid: number): void {
  saveState(sessionName, String(pid))
}

/** What main remembered. */
export function recallBuild(): BuildState {
  const session = readState(sessionName)
  return {
    place: readState(placeName),
    session: session === undefined ? undefined : Number(session),
  }
}

function runnerTemp(): string {
  return process.env['RUNNER_TEMP'] || tmpdir()
}
