import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { command, tryCommand } from './command.ts'
import { namespaceName, networks, nodeAddress } from './layout.ts'

/** The file that holds the network namespace open. */
export const namespacePath = `/run/netns/${namespaceName}`

/** How the way out is closed: no route at all, or a gateway that swallows every packet. */
export type Gateway = 'none' | 'drop'

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
  await command('ip', ['netns', 'add', namespaceName])
  await ipInside(['link', 'set', 'lo', 'up'])
  await ipInside(['link', 'add', 'lab-node', 'type', 'bridge'])
  await ipInside(['address', 'add', `${nodeAddress}/24`, 'dev', 'lab-node'])
  await ipInside(['link', 'set', 'lab-node', 'up'])
  // A service address is no public host: there is no kube-proxy here, so say "unreachable" at once.
  await ipInside(['route', 'add', 'unreachable', networks.services])
}

/** Chooses how packets for anywhere else end. The gateway is a bridge without ports: it swallows them. */
export async function setGateway(gateway: Gateway): Promise<void> {
  await tryCommand('nsenter', [...enter, 'ip', 'link', 'delete', 'lab-gateway'])
  if (gateway === 'none') return
  await ipInside(['link', 'add', 'lab-gateway', 'type', 'bridge'])
  await ipInside(['address', 'add', '198.51.100.2/24', 'dev', 'lab-gateway'])
  await ipInside(['link', 'set', 'lab-gateway', 'up'])
  const neighbour = ['198.51.100.1', 'lladdr', '02:00:00:00:00:01', 'dev', 'lab-gateway']
  await ipInside(['neighbour', 'replace', ...neighbour, 'nud', 'permanent'])
  await ipInside(['route', 'add', 'default', 'via', '198.51.100.1'])
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
  return new Promise((resolve, reject) => {
    const child = spawn('nsenter', [...enter, path, ...args], { stdio: 'inherit', env })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

const enter = [`--net=${namespacePath}`]

async function ipInside(args: readonly string[]): Promise<void> {
  await command('nsenter', [...enter, 'ip', ...args])
}
