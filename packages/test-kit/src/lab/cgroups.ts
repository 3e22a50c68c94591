import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupName } from './layout.ts'
import { waitUntil } from './wait-until.ts'

/** The lab's cgroup in each controller of version 1, or the one of version 2. */
export function cgroupRoots(): string[] {
  const root = '/sys/fs/cgroup'
  const controllers = existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : []
  return [root, ...controllers]
    .map((path) => join(path, cgroupName))
    .filter((path) => existsSync(path))
}

/** Removes the lab's cgroups; nothing may run in them any more. The kernel lets go of the last process late. */
export async function removeCgroups(): Promise<void> {
  const remove = async (): Promise<true> => {
    for (const path of cgroupRoots()) removeCgroup(path)
    return true
  }
  await waitUntil('the cgroups to be empty', remove, { timeoutMs: 10_000 })
}

function removeCgroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroup(join(path, entry.name))
  }
  rmdirSync(path)
}
