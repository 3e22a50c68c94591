import { connect, createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Does the work while no other process of this machine does work of that name. The lock is an abstract
 * Unix socket: the kernel frees it when its process dies, so a killed builder never blocks the next.
 *
 * @param onWait told once, with the pid of the process that is waited for where it says so
 */
export async function oneAtATime<T>(
  name: string,
  work: () => Promise<T>,
  onWait: (holder: number | undefined) => void,
): Promise<T> {
  let lock = await tryListen(name)
  if (lock === undefined) onWait(await askHolder(name))
  while (lock === undefined) {
    await sleep(500)
    lock = await tryListen(name)
  }
  try {
    return await work()
  } finally {
    lock.close()
  }
}

function tryListen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((asker) => {
      asker.on('error', () => undefined).end(String(process.pid))
    })
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen({ path: addressOf(name) }, () => resolve(server))
  })
}

/** The pid that the holder tells; undefined where it is busy, or gone in the meantime. */
function askHolder(name: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    let told = ''
    const socket = connect({ path: addressOf(name) })
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (chunk) => {
      told += String(chunk)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(/^\d+$/.test(told) ? Number(told) : undefined))
  })
}

function addressOf(name: string): string {
  return `\0tierseal/${name}`
}
