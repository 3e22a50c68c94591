import { accessSync, constants, readFileSync } from 'node:fs'
import { hasTools, nodeTools } from './programs.ts'

const sysAdmin = 21n

/** What `--no-node` gives as the reason, told apart from a machine that lacks something. */
export const nodeNotWanted = '--no-node asks for it'

/**
 * Why this machine cannot run a kubelet with pods; undefined where it can.
 *
 * @param has tells whether programs are here
 */
export function whyNoNode(has = hasTools): string | undefined {
  if (!hasCapability(sysAdmin)) return 'this process lacks CAP_SYS_ADMIN, which mounts need'
  try {
    accessSync('/sys/fs/cgroup', constants.W_OK)
  } catch {
    return '/sys/fs/cgroup is not writable'
  }
  if (!has(nodeTools)) return `${nodeTools.join(', ')} could not all be obtained`
  return undefined
}

function hasCapability(bit: bigint): boolean {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return ((BigInt(`0x${line?.[1] ?? '0'}`) >> bit) & 1n) === 1n
}
