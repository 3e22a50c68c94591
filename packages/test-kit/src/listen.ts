import type { Server } from 'node:net'

/** Lets a server of this process listen on a free port; returns the port. */
export function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => {
      const bound = server.address()
      if (typeof bound === 'object' && bound !== null) resolve(bound.port)
      else reject(new Error(`${host}: listening on no port`))
    })
  })
}

/** Ends a server of this process with all its connections. */
export function close(
  server: Server & { readonly closeAllConnections?: () => void },
): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections?.()
  })
}
