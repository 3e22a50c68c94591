import { createServer } from 'node:net'
import { close, listen } from './listen.ts'

/** A port that nothing listens on at this moment. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer()
  const port = await listen(server, host)
  await close(server)
  return port
}
