import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { LineBuffer } from './line-buffer.ts'
import { killProcessGroup } from './process-group.ts'

export interface RunOptions {
  /** The whole environment of the child; build it with childEnvironment. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
  /** After this the whole process group is killed. */
  readonly timeoutMs: number
  /** Bytes for stdin; without them stdin is /dev/null, so that no tool ever waits at a prompt. */
  readonly input?: string | Uint8Array
  /** Sees each line of stdout and stderr as it comes, one of more than 64 KiB in parts. */
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

// Both pipes stay open for as long as any child holds them, and a child can leave the group. What the
// program itself wrote is there as soon as it ended: the rest may pause this long, no longer.
const silenceMs = 1500

/**
 * Runs a program in a process group of its own, with a deadline and a closed stdin, and ends when it
 * does: a child of it that lives on is not waited for (docs/decisions/0002-own-process-runner.md).
 *
 * @throws Error where the program cannot be started
 */
export function runProcess(
  path: string,
  args: readonly string[],
  options: RunOptions,
): Promise<ProcessResult> {
  const child = spawn(path, args, {
    env: options.env,
    detached: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const { pid } = child
  if (pid !== undefined) options.onSpawn?.(pid)
  const stdout = gather(child.stdout, options.onLine)
  const stderr = gather(child.stderr, options.onLine)
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.input)
  return ended(child, options.timeoutMs).then((end) => ({
    ...end,
    stdout: stdout(),
    stderr: stderr(),
  }))
}

type End = Pick<ProcessResult, 'exitCode' | 'signal' | 'timedOut'>

function ended(child: ChildProcess, timeoutMs: number): Promise<End> {
  return new Promise((resolve, reject) => {
    let timedOut = false
    const { pid } = child
    const deadlineAt = Date.now() + timeoutMs
    const timer = setTimeout(() => {
      timedOut = true
      if (pid !== undefined) killProcessGroup(pid)
    }, timeoutMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      const end = { exitCode: code ?? undefined, signal: signal ?? undefined, timedOut }
      drain(child, deadlineAt, () => resolve(end))
    })
  })
}

// Reads the pipes to their end, to a silence, or to the deadline: whichever comes first.
function drain(child: ChildProcess, deadlineAt: number, done: () => void): void {
  const streams = [child.stdout, child.stderr]
  const cut = (): void => {
    for (const stream of streams) stream?.destroy()
  }
  const silence = setTimeout(cut, silenceMs)
  const end = setTimeout(cut, Math.max(silenceMs, deadlineAt - Date.now()))
  for (const stream of streams) stream?.on('data', () => silence.refresh())
  child.on('close', () => {
    clearTimeout(silence)
    clearTimeout(end)
    done()
  })
}

// Enough for any message; a runaway log must not fill the runner's memory.
const maxKept = 4 * 1024 * 1024

function gather(
  stream: Readable | null,
  onLine: ((line: string) => void) | undefined,
): () => string {
  let text = ''
  const lines = onLine === undefined ? undefined : new LineBuffer(onLine)
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    text += chunk
    // Not with each chunk: that would copy all of it again and again.
    if (text.length > 2 * maxKept) text = text.slice(-maxKept)
    lines?.push(chunk)
  })
  stream?.on('close', () => lines?.end())
  return () => text.slice(-maxKept)
}
