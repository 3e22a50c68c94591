import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { waitForChild } from '../wait-for-child.ts'
import { command } from './command.ts'
import { nameServerAddress, namespaceName, networks, nodeAddress } from './layout.ts'

/** The file that holds the network namespace open. */
export const namespacePath = `/run/netns/${namespaceName}`

/** Whether this process already stands in the lab's network namespace. */
export function isInside(): boolean {
  return (
    existsSync(namespacePath) && statSync('/proc/self/ns/net').ino === statSync(namespacePath).ino
  )
}

/**
 * Makes the namespace: loopback, the node's address on a bridge (device type `dummy` is often missing),
 * and no route to anywhere else.
 */
export async function makeNamespace(): Promise<void> {
  if (existsSync(namespacePath)) return
  await command('ip', ['netns', 'add', namespaceName]).catch((error: unknown) => {
    const need = 'the lab stands in a network namespace, and this machine may not make one'
    throw new Error(`${need} (CAP_SYS_ADMIN, and ip of iproute2)`, { cause: error })
  })
  await ipInside(['link', 'set', 'lo', 'up'])
  await ipInside(['link', 'add', 'lab-node', 'type', 'bridge'])
  await ipInside(['address', 'add', `${nodeAddress}/24`, 'dev', 'lab-node'])
  await ipInside(['address', 'add', `${nameServerAddress}/32`, 'dev', 'lab-node'])
  await ipInside(['link', 'set', 'lab-node', 'up'])
  // A service address is no public host: there is no kube-proxy here, so say "unreachable" at once.
  await ipInside(['route', 'add', 'unreachable', networks.services])
}

/**
 * Runs a program in the namespace with this terminal, and gives its exit code. By nsenter and not by
 * `ip netns exec`, which mounts a new /sys and so hides the cgroups from kubelet.
 */
export function runInside(
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return waitForChild(spawn('nsenter', [...enter, path, ...args], { stdio: 'inherit', env }))
}

const enter = [`--net=${namespacePath}`]

async function ipInside(args: readonly string[]): Promise<void> {
  await command('nsenter', [...enter, 'ip', ...args])
}
