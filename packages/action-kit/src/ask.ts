import { childEnvironment, rareCollections } from './child-environment.ts'
import type { ProcessResult } from './process.ts'
import { killProcess, killProcessGroup } from './process-group.ts'

// What @actions/exec lacks, a shell gives: it closes stdin, where a program may wait, and tells the pid of what takes
// its place, by which a deadline can kill; with setsid, which every usual image has, the children of that too.
const launcher = `echo "$$" >&2
command -v setsid >/dev/null && exec setsid "$0" "$@" </dev/null
exec "$0" "$@" </dev/null`

// How long a child that the program left behind may hold the pipes; ten seconds without this.
const delay = 1500

/**
 * Asks a program a quick question that it answers on stdout, such as its version, with an empty stdin.
 * Anything longer runs through runProcess (docs/decisions/0002-own-process-runner.md).
 */
export async function askProgram(
  path: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<ProcessResult> {
  let pid: number | undefined
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    if (pid !== undefined) end(pid)
  }, timeoutMs)
  const errline = (line: string): void => {
    if (pid !== undefined) return
    pid = Number(line)
    if (timedOut) end(pid)
  }
  const env = childEnvironment(rareCollections)
  const options = { env, silent: true, ignoreReturnCode: true, delay }
  const { getExecOutput } = await import(/* webpackMode: "eager" */ './toolkit.ts')
  const run = getExecOutput('/bin/sh', ['-c', launcher, path, ...args], {
    ...options,
    listeners: { errline },
  })
  const { exitCode, stdout, stderr } = await run.finally(() => clearTimeout(timer))
  return { exitCode, signal: undefined, timedOut, stdout, stderr: afterFirstLine(stderr) }
}

function afterFirstLine(text: string): string {
  return text.slice(text.indexOf('\n') + 1)
}

// Without setsid the program leads no group, and is killed alone.
function end(pid: number): void {
  killProcessGroup(pid)
  killProcess(pid)
}
