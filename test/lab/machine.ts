import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { labRoot } from '@tierseal/test-kit/lab'

/**
 * What of a machine a lab can leave something in, by plain listings: what the lab itself finds of its remains is not
 * asked.
 */
export function lookAtMachine(): Readonly<Record<string, readonly string[]>> {
  const folders = places.map((path) => [path, listing(path)] as const)
  const files = existsSync(labRoot) ? [labRoot] : []
  return { ...Object.fromEntries(folders), files, mounts: mounts(), programs: programs() }
}

/** Every process in the lab's network namespace or in a cgroup of its pods. */
export function processesOfLab(): readonly number[] {
  const namespace = '/run/netns/tierseal-lab'
  const inode = existsSync(namespace) ? `net:[${statSync(namespace).ino}]` : 'none'
  return pids().filter((pid) =>
    quietly(
      () =>
        readlinkSync(`/proc/${pid}/ns/net`) === inode ||
        readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes('/tierseal-lab/'),
    ),
  )
}

/** Which share of the machine's time nobody used, over one second. */
export async function idleShare(): Promise<number> {
  const [before, now] = [
    times(),
    await new Promise<Times>((resolve) => setTimeout(() => resolve(times()), 1000)),
  ]
  return (now.idle - before.idle) / (now.all - before.all)
}

const controllers = existsSync('/sys/fs/cgroup') ? readdirSync('/sys/fs/cgroup') : []

const places = [
  ...['/run/netns', '/run/containerd', '/run/containerd/s', '/run/containerd/runc/k8s.io'],
  ...['/var/lib/kubelet', '/var/lib/containerd', '/var/lib/cni/results', '/etc/cni/net.d'],
  ...['/var/log/pods', '/var/log/containers', '/sys/class/net', '/sys/fs/cgroup'],
  ...controllers.map((name) => join('/sys/fs/cgroup', name)),
]

function listing(path: string): readonly string[] {
  return existsSync(path) && statSync(path).isDirectory() ? readdirSync(path).sort() : []
}

function mounts(): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n')
  return lines.map((line) => line.split(' ')[4] ?? '').sort()
}

// The tools of the lab that work on its folder: not the shell of somebody who looks into it.
function programs(): readonly string[] {
  const tool = (pid: number): string => {
    const path = readlinkSync(`/proc/${pid}/exe`)
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return path.includes('/tierseal/tools/') && words.includes(labRoot) ? path : ''
  }
  return pids().flatMap((pid) => quietly(() => tool(pid)) || [])
}

function pids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

// A process may end between being listed and being looked at.
function quietly<Answer>(ask: () => Answer): Answer | false {
  try {
    return ask()
  } catch {
    return false
  }
}

interface Times {
  readonly idle: number
  readonly all: number
}

function times(): Times {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const fields = line.trim().split(/\s+/).slice(1).map(Number)
  const [, , , idle = 0, waiting = 0] = fields
  return { idle: idle + waiting, all: fields.reduce((total, field) => total + field, 0) }
}
