import { readFileSync } from 'node:fs'
import { command } from './command.ts'
import { networks } from './layout.ts'
import { program } from './programs.ts'

/** Attempts to reach a host outside the lab, by where they ended. */
export interface Egress {
  /** Refused because there is no route: connects and datagrams of processes, and packets of pods. */
  readonly withoutRoute: number
  /** Packets to foreign addresses that found a route: to the dropping gateway, or to the open one. */
  readonly swallowed: number
  /** Questions to a name server, wherever it stands: nothing in the lab needs one. */
  readonly names: number
}

const table = 'tierseal-egress'
const ours = ['127.0.0.0/8', '198.51.100.2/32', ...Object.values(networks)].join(', ')

const rules = `table inet ${table} {
  counter swallowed { }
  counter names { }
  chain leaving {
    udp dport 53 counter name names return
    tcp dport 53 counter name names return
    ip daddr { ${ours} } return
    ip daddr { 224.0.0.0/4, 255.255.255.255 } return
    ip daddr 0.0.0.0/0 counter name swallowed
    ip6 daddr 2000::/3 counter name swallowed
  }
  chain output { type filter hook output priority 0; jump leaving; }
  chain forward { type filter hook forward priority 0; jump leaving; }
  chain input {
    type filter hook input priority 0
    iifname "lo" return
    udp dport 53 counter name names
    tcp dport 53 counter name names
  }
}
`

/**
 * Puts the packet counters in place; called inside the namespace, once. What a process of the node asks is seen as it
 * goes out, what a pod asks as it comes in or passes.
 */
export async function startEgressCounter(): Promise<void> {
  await command(program('nftables'), ['-f', '-'], { input: rules })
}

/**
 * Reads the counters, inside the namespace. They start at zero with the namespace and nothing resets them.
 * Without a route no packet is ever made, so no packet filter sees the attempt: the kernel's own counters
 * OutNoRoutes (a process) and InNoRoutes (a pod, forwarded) do.
 */
export async function readEgress(): Promise<Egress> {
  const listing: unknown = JSON.parse(
    await command(program('nftables'), ['-j', 'list', 'counters']),
  )
  return {
    withoutRoute:
      kernelCounter('/proc/self/net/snmp', 'OutNoRoutes') +
      kernelCounter('/proc/self/net/netstat', 'InNoRoutes') +
      kernelCounter('/proc/self/net/snmp6', 'Ip6OutNoRoutes') +
      kernelCounter('/proc/self/net/snmp6', 'Ip6InNoRoutes'),
    swallowed: packetsOf(listing, 'swallowed'),
    names: packetsOf(listing, 'names'),
  }
}

/** All attempts together; the figure that has to be zero. */
export function attempts({ withoutRoute, swallowed, names }: Egress): number {
  return withoutRoute + swallowed + names
}

// snmp and netstat hold pairs of lines (names, values); snmp6 one name and value on each line.
function kernelCounter(path: string, name: string): number {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const single = lines.find(([first]) => first === name)
  if (single !== undefined) return Number(single[1])
  const header = lines.findIndex((line) => line.includes(name))
  const value = lines[header + 1]?.[lines[header]?.indexOf(name) ?? -1]
  if (value === undefined) throw new Error(`lab: ${path} has no counter ${name}`)
  return Number(value)
}

function packetsOf(listing: unknown, name: string): number {
  const match = new RegExp(`"name":"${name}"[^}]*"packets":(\\d+)`).exec(JSON.stringify(listing))
  if (match === null) throw new Error(`lab: the egress counter ${name} is gone`)
  return Number(match[1])
}
