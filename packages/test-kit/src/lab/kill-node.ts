import { rmSync } from 'node:fs'
import { removeCgroups } from './cgroups.ts'
import { labPath } from './layout.ts'
import { unmountBelow } from './mounts.ts'
import { containerdSocket } from './parts/containerd.ts'
import { killAll, processesOfNode } from './processes.ts'
import { findShimSockets } from './shim-sockets.ts'
import { type LabState, writeState } from './state.ts'

const daemons = ['kubelet', 'containerd']

/**
 * Cuts the power of the node: every process of it ends at once and unasked, and with them goes what a machine
 * keeps in memory: mounts, network namespaces, cgroups, and the folders that stand for /run. What is on its
 * disk stays. Starting the parts kubelet and containerd again is the node's next boot.
 *
 * @returns how many processes there were
 */
export async function killNode(state: LabState): Promise<number> {
  const count = processesOfNode().length
  const sockets = [containerdSocket, `${containerdSocket}.ttrpc`, ...findShimSockets()]
  await killAll(processesOfNode)
  for (const folder of ['containerd', 'kubelet']) await unmountBelow(labPath(folder))
  for (const socket of sockets) rmSync(socket, { force: true })
  rmSync(labPath('containerd', 'state'), { recursive: true, force: true })
  await removeCgroups()
  for (const name of daemons) delete state.daemons[name]
  writeState(state)
  return count
}
