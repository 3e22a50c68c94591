import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { tryCommand } from './command.ts'
import { cgroupName, labRoot, namespaceName } from './layout.ts'
import { namespacePath } from './namespace.ts'

/** What a lab, living or crashed, has on the machine. */
export interface Remains {
  readonly processes: readonly number[]
  readonly mounts: readonly string[]
  readonly cgroups: readonly string[]
  readonly namespace: boolean
  readonly files: boolean
}

/**
 * Finds all that belongs to a lab by what it is, not by what a state file remembers: processes in its network
 * namespace, pods in its cgroup, mounts below its root. So a crash cannot hide anything.
 */
export function findRemains(): Remains {
  return {
    processes: processesOfLab(),
    mounts: mountsBelowRoot(),
    cgroups: cgroupRoots(),
    namespace: existsSync(namespacePath),
    files: existsSync(labRoot),
  }
}

/** Whether nothing at all is left. */
export function isNothing(remains: Remains): boolean {
  const { processes, mounts, cgroups, namespace, files } = remains
  return processes.length + mounts.length + cgroups.length === 0 && !namespace && !files
}

/** Removes every trace of the lab. Called outside its namespace, else it would end itself. */
export async function removeRemains(): Promise<void> {
  const shimSockets = findShimSockets()
  await killAll()
  for (const mount of mountsBelowRoot()) await tryCommand('umount', ['--lazy', mount])
  for (const socket of shimSockets) rmSync(socket, { force: true })
  for (const cgroup of cgroupRoots()) removeCgroup(cgroup)
  removeContainerLogLinks()
  if (existsSync(namespacePath)) await tryCommand('ip', ['netns', 'delete', namespaceName])
  rmSync(labRoot, { recursive: true, force: true })
}

async function killAll(): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const processes = processesOfLab()
    if (processes.length === 0) return
    for (const pid of processes) killQuietly(pid)
    await sleep(50)
  }
  throw new Error(`lab: these processes do not end: ${processesOfLab().join(' ')}`)
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}

function processesOfLab(): number[] {
  const inode = existsSync(namespacePath) ? statSync(namespacePath).ino : undefined
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  return pids.map(Number).filter((pid) => pid !== process.pid && belongs(pid, inode))
}

function belongs(pid: number, inode: number | undefined): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/ns/net`) === `net:[${inode}]`) return true
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`:/${cgroupName}/`)
  } catch {
    return false
  }
}

// Deepest first. mountinfo escapes a space as \040; the lab's own paths have none.
function mountsBelowRoot(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  return points.filter((point) => point.startsWith(`${labRoot}/`)).reverse()
}

function cgroupRoots(): string[] {
  const root = '/sys/fs/cgroup'
  const controllers = existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : []
  return [root, ...controllers]
    .map((path) => join(path, cgroupName))
    .filter((path) => existsSync(path))
}

function removeCgroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroup(join(path, entry.name))
  }
  rmdirSync(path)
}

// A shim's socket lies under /run/containerd, whatever containerd's own state directory is.
function findShimSockets(): string[] {
  const tasks = join(labRoot, 'containerd/state/io.containerd.runtime.v2.task/k8s.io')
  if (!existsSync(tasks)) return []
  const files = readdirSync(tasks).map((id) => join(tasks, id, 'address'))
  const addresses = files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
  return addresses.map((address) => address.replace('unix://', ''))
}

// kubelet links the log of every container from a fixed place.
function removeContainerLogLinks(): void {
  const directory = '/var/log/containers'
  if (!existsSync(directory)) return
  for (const name of readdirSync(directory)) {
    const link = join(directory, name)
    if (readlinkSync(link).startsWith(`${labRoot}/`)) rmSync(link)
  }
}
