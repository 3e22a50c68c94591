import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { killProcessGroup } from '@tierseal/action-kit'

/**
 * Ends what main had started when it was killed. Runners kill only main itself, and a git that goes on
 * holds the token in its environment.
 */
export function killChildren(work: string): void {
  const pids = readText(join(work, 'home', 'children'))
    .split('\n')
    .map(Number)
  for (const pid of new Set(pids)) {
    if (pid > 1 && belongsTo(pid, work)) killProcessGroup(pid)
  }
}

// The number may have gone to another process since; ours has HOME in the folder of the step.
function belongsTo(pid: number, work: string): boolean {
  return readText(`/proc/${pid}/environ`)
    .split('\0')
    .includes(`HOME=${join(work, 'home')}`)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
