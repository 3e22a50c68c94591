import { spawn } from 'node:child_process'
import { killProcessGroup } from './process-group.ts'

export interface RunOptions {
  /** The whole environment of the child; build it with childEnvironment. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
  /** After this the whole process group is killed. */
  readonly timeoutMs: number
  /** Bytes for stdin; without them stdin is /dev/null, so that no tool ever waits at a prompt. */
  readonly input?: string | Uint8Array
  /** Sees each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void
  /** Called once with the pid of the child, which leads its own process group. */
  readonly onSpawn?: (pid: number) => void
}

export interface ProcessResult {
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program in a process group of its own, with a deadline and a closed stdin. @actions/exec has no
 * deadline, no signal and no child handle, and leaves stdin an open pipe, at which cosign waits for ever
 * (facts: cosign.md 6 no. 9).
 */
export function runProcess(
  path: string,
  args: readonly string[],
  options: RunOptions,
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      env: options.env,
      detached: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const { pid } = child
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      if (pid !== undefined) killProcessGroup(pid)
    }, options.timeoutMs)
    if (pid !== undefined) options.onSpawn?.(pid)
    const stdout = gather(child.stdout, options.onLine)
    const stderr = gather(child.stderr, options.onLine)
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({
        exitCode: code ?? undefined,
        signal: signal ?? undefined,
        timedOut,
        stdout: stdout(),
        stderr: stderr(),
      })
    })
  })
}

// Enough for any message; a runaway log must not fill the runner's memory.
const maxKept = 4 * 1024 * 1024

function gather(
  stream: NodeJS.ReadableStream | null,
  onLine: ((line: string) => void) | undefined,
): () => string {
  let text = ''
  let rest = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-maxKept)
    const parts = (rest + chunk).split(/\r?\n/)
    rest = parts.pop() ?? ''
    for (const line of parts) onLine?.(line)
  })
  stream?.on('end', () => {
    if (rest !== '') onLine?.(rest)
  })
  return () => text
}
