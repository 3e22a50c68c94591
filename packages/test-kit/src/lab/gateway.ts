import { command, tryCommand } from './command.ts'
import { namespacePath } from './namespace.ts'

/**
 * What becomes of packets for anywhere else. `none`: there is no route. `drop`: a gateway swallows each of them.
 * `open`: as with a network at its best, every address in the world answers at once; this machine does, and refuses.
 */
export type Gateway = (typeof gateways)[number]

/** Every kind, as `lab gateway` takes them. */
export const gateways = ['none', 'drop', 'open'] as const

const everywhere = ['local', '0.0.0.0/0', 'dev', 'lo'] as const

/**
 * Chooses how packets for anywhere else end.
 *
 * @param path the network namespace; the lab's unless told otherwise
 */
export async function setGateway(gateway: Gateway, path = namespacePath): Promise<void> {
  const enter = [`--net=${path}`, 'ip']
  await tryCommand('nsenter', [...enter, 'link', 'delete', 'lab-gateway'])
  await tryCommand('nsenter', [...enter, 'route', 'delete', ...everywhere])
  for (const args of routesOf(gateway)) await command('nsenter', [...enter, ...args])
}

function routesOf(gateway: Gateway): ReadonlyArray<readonly string[]> {
  if (gateway === 'none') return []
  if (gateway === 'open') return [['route', 'add', ...everywhere]]
  // A bridge without ports, and a neighbour on it that is nowhere: what is sent to it is gone.
  const neighbour = ['198.51.100.1', 'lladdr', '02:00:00:00:00:01', 'dev', 'lab-gateway']
  return [
    ['link', 'add', 'lab-gateway', 'type', 'bridge'],
    ['address', 'add', '198.51.100.2/24', 'dev', 'lab-gateway'],
    ['link', 'set', 'lab-gateway', 'up'],
    ['neighbour', 'replace', ...neighbour, 'nud', 'permanent'],
    ['route', 'add', 'default', 'via', '198.51.100.1'],
  ]
}
