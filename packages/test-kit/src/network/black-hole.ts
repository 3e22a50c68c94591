import { type ChildProcess, spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** An address at which connecting never ends: what a firewall that drops packets looks like. */
export interface BlackHole extends AsyncDisposable {
  readonly host: string
  stop(): Promise<void>
}

// Listens with the smallest queue and accepts nobody, because it is stopped right away.
const listener = `
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))`

/** Starts one, with its queue of connections already full. */
export async function startBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const port = await firstNumber(child)
  child.kill('SIGSTOP')
  const fillers = await fillQueue(port)
  const stop = async (): Promise<void> => {
    process.off('exit', kill)
    for (const filler of fillers) filler.destroy()
    const closed = new Promise((resolve) => child.once('close', resolve))
    kill()
    await closed
  }
  return { host: `127.0.0.1:${port}`, stop, [Symbol.asyncDispose]: stop }
}

function firstNumber(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
    child.once('error', reject)
  })
}

// Connections fill the queue one by one until one hangs.
async function fillQueue(port: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = []
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    sockets.push(socket)
    const connected = new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)))
    if (!(await Promise.race([connected, sleep(300, false)]))) return sockets
  }
}
