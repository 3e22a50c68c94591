import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Does the work while no other process of this machine does work of that name. The lock is an abstract
 * Unix socket: the kernel frees it when its process dies, so a killed builder never blocks the next.
 */
export async function oneAtATime<T>(
  name: string,
  work: () => Promise<T>,
  onWait: () => void,
): Promise<T> {
  let lock = await tryListen(name)
  if (lock === undefined) onWait()
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
    const server = createServer()
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen({ path: `\0tierseal/${name}` }, () => resolve(server))
  })
}
