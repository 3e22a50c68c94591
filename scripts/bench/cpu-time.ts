import { spawn } from 'node:child_process'

/** What one run of a command used. */
export interface Usage {
  /** User and system time of the command and all children it waited for. */
  readonly cpuMs: number
  readonly exitCode: number
}

// bash's `time` counts waited-for children; wall time is noise on a shared machine (facts: runner.md 4).
const script = 'TIMEFORMAT="cpu %U %S"; time "$@"'

/** Words to put before a command; its stderr then ends with a line that cpuTimeOf reads. */
export const timed: readonly string[] = ['bash', '--norc', '-c', script, 'bash']

/** The milliseconds in the last line that `timed` wrote. */
export function cpuTimeOf(stderr: string): number {
  const last = [...stderr.matchAll(/^cpu ([\d.]+) ([\d.]+)$/gm)].at(-1)
  if (last === undefined) throw new Error(`nothing was measured: ${stderr.slice(-500)}`)
  return (Number(last[1]) + Number(last[2])) * 1000
}

/** Runs a command once and measures its CPU time. It is not waited for synchronously: servers run in this process. */
export function measureCpu(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Usage> {
  const [program = 'bash', ...args] = [...timed, ...command]
  const child = spawn(program, args, {
    env: { ...env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ cpuMs: cpuTimeOf(stderr), exitCode: code ?? 1 }))
  })
}

/** The same, of a command that must succeed. */
export async function measureSuccess(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<number> {
  const { cpuMs, exitCode } = await measureCpu(command, env, cwd)
  if (exitCode !== 0) throw new Error(`${command.slice(0, 3).join(' ')} ended with ${exitCode}`)
  return cpuMs
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2
}
