import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { labPath } from './layout.ts'

/** The sockets of the shims: they lie under /run/containerd, whatever containerd's own state directory is. */
export function findShimSockets(): string[] {
  const tasks = labPath('containerd', 'state', 'io.containerd.runtime.v2.task', 'k8s.io')
  if (!existsSync(tasks)) return []
  const files = readdirSync(tasks).map((id) => join(tasks, id, 'address'))
  const addresses = files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
  return addresses.map((address) => address.replace('unix://', ''))
}
