// Run by `unshare --net`: attempts to leave, in a namespace of its own, so that the lab's counter stays at zero.

import dgram from 'node:dgram'
import { connect } from 'node:net'
import { command, readEgress, startEgressCounter } from '@tierseal/test-kit/lab'

await command('ip', ['link', 'set', 'lo', 'up'])
await startEgressCounter()
const silence = await readEgress()
await attempt()
const connected = await readEgress()
await ask()
const asked = await readEgress()
console.log(JSON.stringify({ silence, connected, asked }))

function attempt(): Promise<void> {
  return new Promise((resolve) => {
    connect({ host: '8.8.8.8', port: 443 }).once('error', () => resolve())
  })
}

// To a name server on loopback, where every question has a route.
function ask(): Promise<void> {
  const socket = dgram.createSocket('udp4')
  return new Promise((resolve) => {
    socket.on('error', () => undefined)
    socket.send('question', 53, '127.0.0.53', () => {
      socket.close()
      resolve()
    })
  })
}
