import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findLeftovers } from './leftovers.ts'

/**
 * Gives a test run a temporary folder of its own and removes it at the end, with whatever still runs or is
 * mounted there: a worker that is stopped gets no chance to tidy up. Its name is short, because the paths
 * of Unix sockets below it may have no more than 107 bytes.
 */
export default function setup(): () => void {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'ts-'))
  // A server that runs as a user without rights has its files below.
  chmodSync(directory, 0o711)
  process.env['TMPDIR'] = directory
  return () => {
    const { processes: all, mounts } = findLeftovers(directory)
    const processes = all.filter((line) => !line.includes('vitest'))
    for (const line of [...processes, ...mounts]) console.error(`left behind by the tests: ${line}`)
    for (const line of processes) end(Number.parseInt(line, 10))
    if (mounts.length === 0) rmSync(directory, { recursive: true, force: true })
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}
