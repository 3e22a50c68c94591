import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A real server that a test started, and stops with it. */
export interface ServerProcess extends AsyncDisposable {
  readonly logPath: string
  stop(): Promise<void>
}

export interface ServerProcessOptions {
  readonly name: string
  readonly path: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly logPath: string
  readonly cwd?: string
  /** Whether the server answers; asked until it does. */
  readonly ready: () => Promise<boolean>
  readonly deadlineMs?: number
}

/**
 * Starts a server in a process group of its own and waits until it answers.
 *
 * @throws Error with the place of its log where it ends, or does not answer in time
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { name, path, args, env, logPath, cwd, ready, deadlineMs = 30_000 } = options
  const child = spawn(path, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  const log = createWriteStream(logPath)
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  const killAtExit = (): void => killGroup(child)
  // Before the folders go that it writes to.
  process.prependOnceListener('exit', killAtExit)
  const stop = async (): Promise<void> => {
    process.off('exit', killAtExit)
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = new Promise((resolve) => child.once('close', resolve))
    killGroup(child)
    await closed
  }
  const deadline = Date.now() + deadlineMs
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`${name} did not come up; its log is ${logPath}`)
    }
    await sleep(50)
  }
  return { logPath, stop, [Symbol.asyncDispose]: stop }
}

/** Kills a child that leads its own group, with all its children. Already gone is as good. */
export function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
