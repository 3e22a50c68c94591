import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { labEnvironment } from './command.ts'
import { labPath } from './layout.ts'
import { type DaemonRecord, type LabState, writeState } from './state.ts'

export interface DaemonOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** A user without rights, for programs that refuse root. */
  readonly uid?: number
  /** The name the program is called by, for a binary that plays several roles. */
  readonly argv0?: string
}

/** The file that holds everything a daemon said since `up`. */
export function logOf(name: string): string {
  return labPath('logs', `${name}.log`)
}

/** Starts a background program in the lab's namespace, unless it already runs. */
export function startDaemon(
  state: LabState,
  name: string,
  path: string,
  args: readonly string[],
  options: DaemonOptions = {},
): void {
  if (isRunning(state, name)) return
  mkdirSync(labPath('logs'), { recursive: true })
  const log = openSync(logOf(name), 'a', 0o600)
  const child = spawn(path, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: labEnvironment(options.env),
    cwd: options.cwd ?? '/',
    ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  })
  closeSync(log)
  child.on('error', () => undefined)
  child.unref()
  const { pid } = child
  if (pid === undefined) throw new Error(`lab: ${name} could not be started from ${path}`)
  state.daemons[name] = { pid, startTime: startTimeOf(pid) ?? '' }
  writeState(state)
}

/** Whether the process that the state names is the one that was started, and alive. */
export function isRunning(state: LabState, name: string): boolean {
  const record = state.daemons[name]
  return record !== undefined && startTimeOf(record.pid) === record.startTime
}

/** Ends a daemon by its pid: SIGTERM, and SIGKILL after the grace. */
export async function stopDaemon(state: LabState, name: string, graceMs = 5000): Promise<void> {
  const record = state.daemons[name]
  if (record === undefined) return
  const deadline = Date.now() + graceMs
  if (isRunning(state, name)) process.kill(record.pid, 'SIGTERM')
  while (isRunning(state, name)) {
    if (Date.now() > deadline) process.kill(record.pid, 'SIGKILL')
    await sleep(50)
  }
  delete state.daemons[name]
  writeState(state)
}

/** The last lines of a daemon's log, for the message of a part that did not come up. */
export function lastWords(name: string, lines = 15): string {
  try {
    return readFileSync(logOf(name), 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return '(no log)'
  }
}

// Field 22 of /proc/PID/stat; the name in field 2 may itself hold spaces and parentheses. A zombie counts as gone.
function startTimeOf(pid: DaemonRecord['pid']): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
