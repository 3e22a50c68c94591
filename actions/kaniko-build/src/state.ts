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

/** Remembers the folder of a build. */
export function rememberPlace(directory: string): void {
  saveState(placeName, directory)
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
