import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { cgroupName, labPath } from './layout.ts'
import { namespacePath } from './namespace.ts'

/** Every process of the lab: those in its network namespace, and those of its pods. */
export function processesOfLab(): number[] {
  const isInside = insideTest()
  return processesWhere((pid) => isInside(pid) || isOfPod(pid))
}

/**
 * Every process that ends when the node loses its power: kubelet, containerd, its shims and whatever
 * they started, and all that runs in pods.
 */
export function processesOfNode(): number[] {
  // A shim names containerd's socket in its arguments, kubelet and containerd their files below these folders.
  const folders = [labPath('containerd'), labPath('kubelet')].map((path) => `${path}/`)
  const isServer = (pid: number): boolean => folders.some((path) => argumentsOf(pid).includes(path))
  const isInside = insideTest()
  return processesWhere((pid) => isOfPod(pid) || (isInside(pid) && isServer(pid)))
}

/**
 * Ends all of them at once, and whatever they start in the meantime.
 *
 * @throws Error where some do not end
 */
export async function killAll(list: () => readonly number[]): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const processes = list()
    if (processes.length === 0) return
    for (const pid of processes) killQuietly(pid)
    await sleep(50)
  }
  throw new Error(`lab: these processes do not end: ${list().join(' ')}`)
}

function processesWhere(belongs: (pid: number) => boolean): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  return pids.map(Number).filter((pid) => pid !== process.pid && quietly(() => belongs(pid)))
}

// A process may end between being listed and being looked at.
function quietly(ask: () => boolean): boolean {
  try {
    return ask()
  } catch {
    return false
  }
}

function insideTest(): (pid: number) => boolean {
  const inode = existsSync(namespacePath) ? statSync(namespacePath).ino : undefined
  return (pid) => readlinkSync(`/proc/${pid}/ns/net`) === `net:[${inode}]`
}

function isOfPod(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`:/${cgroupName}/`)
}

function argumentsOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}
