import { connect, createServer, type Socket } from 'node:net'
import { close, listen } from '../listen.ts'

export interface TlsBreakerOptions {
  /** Where TLS goes while it is let through, as host:port. */
  readonly tls: string
  /** Where everything goes that is no TLS, as host:port. */
  readonly plain: string
  /** Whether the next connection that begins with TLS is broken. */
  readonly breaks: () => boolean
}

/** Somebody on the way to a server, who breaks TLS when it suits, and answers plain HTTP in its place. */
export interface TlsBreaker extends AsyncDisposable {
  /** host:port */
  readonly host: string
}

// The first byte of a TLS record that begins a handshake (RFC 8446, 5.1).
const handshake = 0x16

/** Starts one on loopback. */
export async function startTlsBreaker({
  tls,
  plain,
  breaks,
}: TlsBreakerOptions): Promise<TlsBreaker> {
  const open = new Set<Socket>()
  const server = createServer((inner) => {
    open.add(inner.on('close', () => open.delete(inner)))
    inner.on('error', () => undefined)
    inner.once('data', (head) => {
      const secure = head[0] === handshake
      if (secure && breaks()) return inner.destroy()
      const [address, port] = (secure ? tls : plain).split(':')
      const outer = connect({ host: address ?? '', port: Number(port) }, () => outer.write(head))
      outer.on('error', () => inner.destroy())
      return inner.pipe(outer).pipe(inner)
    })
  })
  const host = `127.0.0.1:${await listen(server)}`
  const stop = (): Promise<void> => {
    for (const socket of open) socket.destroy()
    return close(server)
  }
  return { host, [Symbol.asyncDispose]: stop }
}
