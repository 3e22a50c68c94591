import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { labPath, labRoot } from './layout.ts'

/** One background program of the lab; the start time tells it from a later process with its pid. */
export interface DaemonRecord {
  readonly pid: number
  readonly startTime: string
}

/** What the lab remembers between commands. Its secrets are the lab's own and end with it. */
export interface LabState {
  daemons: Record<string, DaemonRecord>
  /** Set-up steps that need not be done again, with what they gave. */
  done: Record<string, string>
  /** False where the machine lacks the rights for a kubelet; the reason is under `done.node`. */
  node: boolean
  vaultFlavour: 'vault' | 'openbao'
}

const path = labPath('state.json')

/** Reads the state file; undefined where there is no lab. */
export function readState(): LabState | undefined {
  try {
    const state: LabState = JSON.parse(readFileSync(path, 'utf8'))
    return state
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces the state file in one step, so that a crash leaves the old one or the new one. */
export function writeState(state: LabState): void {
  mkdirSync(labRoot, { recursive: true, mode: 0o711 })
  writeFileSync(`${path}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
