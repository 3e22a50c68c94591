import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { close, listen } from '../listen.ts'

/** A way to a server of this machine on which every byte takes its time; answers come back at once. */
export interface LateRelay {
  /** host:port */
  readonly host: string
  stop(): Promise<void>
}

/** Relays to a port of loopback and keeps back what goes there for so long. */
export async function startLateRelay(port: number, delayMs: number): Promise<LateRelay> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    endTogether(near, far)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
    far.pipe(near)
    // Timers of one length end in the order in which they began.
    near.on('data', async (chunk) => {
      await sleep(delayMs)
      far.write(chunk)
    })
  })
  const host = `127.0.0.1:${await listen(server)}`
  const stop = async (): Promise<void> => {
    const closed = close(server)
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return { host, stop }
}

function endTogether(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on('error', () => peer.destroy())
    socket.on('close', () => peer.destroy())
  }
}
