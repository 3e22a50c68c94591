import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { killProcessGroup } from './process-group.ts'
import { readText } from './read-text.ts'

/**
 * Writes down each child of a step as it starts, for post. Give it as `onSpawn`.
 *
 * @param home a folder of the step's own, which its children have as HOME
 */
export function rememberChild(home: string): (pid: number) => void {
  return (pid) => appendFileSync(join(home, 'children'), `${pid}\n`)
}

/**
 * Ends what main had started when it was killed. Runners kill only main itself, and a git or a cosign that
 * goes on holds a password in its environment, and may still push.
 */
export function endRememberedChildren(home: string): void {
  const pids = readText(join(home, 'children')).split('\n').map(Number)
  for (const pid of new Set(pids)) {
    if (pid > 1 && belongsTo(pid, home)) killProcessGroup(pid)
  }
}

// The number may have gone to another process since; ours has HOME in the folder of the step.
function belongsTo(pid: number, home: string): boolean {
  return readText(`/proc/${pid}/environ`).split('\0').includes(`HOME=${home}`)
}
