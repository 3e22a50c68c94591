import { readdirSync, readFileSync } from 'node:fs'

/** What something that ended has left on this machine. */
export interface Leftovers {
  /** Processes, as `pid command line`. */
  readonly processes: readonly string[]
  /** Mount points. */
  readonly mounts: readonly string[]
}

/**
 * The processes that have to do with a folder (in their environment or arguments) and
 * the mounts below it. The folder is a step's or a test's own, so anything found is its own too.
 */
export function findLeftovers(directory: string): Leftovers {
  return { processes: processesOf(directory), mounts: mountsBelow(directory) }
}

function processesOf(directory: string): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    if (Number(pid) === process.pid) return []
    const command = readProcess(pid, 'cmdline').replaceAll('\0', ' ').trim()
    const mentions = [command, readProcess(pid, 'environ')].some((text) => text.includes(directory))
    return mentions ? [`${pid} ${command}`] : []
  })
}

// A process may end, or belong to somebody else, while it is looked at. A zombie has no command line.
function readProcess(pid: string, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function mountsBelow(directory: string): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  return points.filter((point) => point === directory || point.startsWith(`${directory}/`))
}
