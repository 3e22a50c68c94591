// Runs inside a network namespace of its own and makes servers outside of it reachable there, at the same
// loopback addresses, over Unix sockets. It counts name queries to loopback resolvers, which would
// otherwise be refused unseen. Arguments: the gateway kind, then host:port=socket for each server.
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

const [gateway = '', namesPath = '', ...servers] = process.argv.slice(2)
const ip = (...args: readonly string[]): void => {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

ip('link', 'set', 'lo', 'up')
if (gateway === 'drop') swallowEverything()
const listening = servers.map((server) => relay(server))
for (const address of ['127.0.0.1', '127.0.0.53']) listening.push(countQueries(address))
await Promise.all(listening)
console.log('ready')

// A bridge without ports: it takes every packet and has nowhere to send it.
function swallowEverything(): void {
  // Without snooping it sends nothing of its own.
  ip('link', 'add', 'gateway', 'type', 'bridge', 'mcast_snooping', '0')
  writeFileSync('/proc/sys/net/ipv6/conf/gateway/disable_ipv6', '1')
  ip('address', 'add', '198.51.100.2/24', 'dev', 'gateway')
  ip('link', 'set', 'gateway', 'up')
  const neighbour = ['198.51.100.1', 'lladdr', '02:00:00:00:00:01', 'dev', 'gateway']
  ip('neighbour', 'replace', ...neighbour, 'nud', 'permanent')
  ip('route', 'add', 'default', 'via', '198.51.100.1')
}

function relay(server: string): Promise<void> {
  const equals = server.indexOf('=')
  const [host = '', port = ''] = server.slice(0, equals).split(':')
  const socketPath = server.slice(equals + 1)
  if (!host.startsWith('127.')) ip('address', 'add', `${host}/32`, 'dev', 'lo')
  // What is held back to fill a packet would count as a wait for the network.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (inner) => {
    const outer = connect({ path: socketPath, allowHalfOpen: true })
    inner.pipe(outer).pipe(inner)
    inner.on('error', () => outer.destroy())
    outer.on('error', () => inner.destroy())
  })
  return new Promise((resolve) => listener.listen(Number(port), host, () => resolve()))
}

function countQueries(address: string): Promise<void> {
  const socket = createSocket('udp4')
  let queries = 0
  socket.on('message', () => {
    queries++
    writeFileSync(namesPath, String(queries))
  })
  return new Promise((resolve) => socket.bind(53, address, () => resolve()))
}
