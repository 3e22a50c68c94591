import { existsSync, rmSync } from 'node:fs'
import { cgroupRoots, removeCgroups } from './cgroups.ts'
import { tryCommand } from './command.ts'
import { filesElsewhere, removeFilesElsewhere } from './files-elsewhere.ts'
import { labRoot, namespaceName } from './layout.ts'
import { mountsBelow, unmountBelow } from './mounts.ts'
import { namespacePath } from './namespace.ts'
import { killAll, processesOfLab } from './processes.ts'
import { findShimSockets } from './shim-sockets.ts'

/** What a lab, living or crashed, has on the machine. */
export interface Remains {
  readonly processes: readonly number[]
  readonly mounts: readonly string[]
  readonly cgroups: readonly string[]
  readonly namespace: boolean
  readonly files: readonly string[]
}

/**
 * Finds all that belongs to a lab by what it is, not by what a state file remembers: processes in its network
 * namespace, pods in its cgroup, mounts below its root. So a crash cannot hide anything.
 */
export function findRemains(): Remains {
  return {
    processes: processesOfLab(),
    mounts: mountsBelow(labRoot),
    cgroups: cgroupRoots(),
    namespace: existsSync(namespacePath),
    files: [...(existsSync(labRoot) ? [labRoot] : []), ...filesElsewhere()],
  }
}

/** Whether nothing at all is left. */
export function isNothing(remains: Remains): boolean {
  const { processes, mounts, cgroups, namespace, files } = remains
  return ![processes, mounts, cgroups, files].some(({ length }) => length > 0) && !namespace
}

/** Removes every trace of the lab. Called outside its namespace, else it would end itself. */
export async function removeRemains(): Promise<void> {
  const shimSockets = findShimSockets()
  await killAll(processesOfLab)
  await unmountBelow(labRoot)
  for (const socket of shimSockets) rmSync(socket, { force: true })
  await removeCgroups()
  removeFilesElsewhere()
  if (existsSync(namespacePath)) await tryCommand('ip', ['netns', 'delete', namespaceName])
  rmSync(labRoot, { recursive: true, force: true })
}
