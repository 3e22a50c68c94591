import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '../temporary-directory.ts'

export interface AirGapOptions {
  /**
   * Servers of the test, as host:port on loopback, that stay reachable inside under the same address; or under another
   * IPv4 address that the network has then, as host:port=server.
   */
  readonly reach: readonly string[]
  /** `no-route` refuses every way out at once; `drop` has a gateway that swallows every packet. */
  readonly gateway: 'no-route' | 'drop'
}

/** A network in which nothing but loopback and the named servers can be reached. */
export interface AirGap extends AsyncDisposable {
  /** Goes before a program and its arguments to run it inside. */
  readonly prefix: readonly [program: string, ...args: string[]]
  /** How often something inside tried to leave, or asked a name server; the figure that has to be zero. */
  attempts(): number
  stop(): Promise<void>
}

/** Whether this process may make network namespaces. */
export function lacksNamespaces(): boolean {
  return process.getuid?.() !== 0 && process.env['CI'] !== 'true'
}

/** Makes such a network; it needs root. */
export async function startAirGap({ reach, gateway }: AirGapOptions): Promise<AirGap> {
  const directory = temporaryDirectory('air-gap')
  const sockets = reach.map((each, index) => {
    const [host = '', server = host] = each.split('=')
    return { host, server, path: join(directory, `${index}`) }
  })
  const relays = await Promise.all(sockets.map(({ server, path }) => relayTo(server, path)))
  const names = join(directory, 'name-queries')
  const program = fileURLToPath(new URL('loopback-relay.ts', import.meta.url))
  const relayed = sockets.map(({ host, path }) => `${host}=${path}`)
  const inside = spawn(
    'unshare',
    ['--net', '--', process.execPath, program, gateway, names, ...relayed],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const kill = (): boolean => inside.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async (): Promise<void> => {
    process.off('exit', kill)
    for (const relay of relays) relay.close()
    await ended(inside)
  }
  await ready(inside)
  const { pid } = inside
  if (pid === undefined) throw new Error('unshare could not be started')
  return {
    prefix: ['nsenter', `--net=/proc/${pid}/ns/net`, '--'],
    attempts: () => countAttempts(pid, gateway) + countNames(names),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function relayTo(host: string, path: string): Promise<Server> {
  const [address = '', port = ''] = host.split(':')
  const relay = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ host: address, port: Number(port), allowHalfOpen: true, noDelay: true })
    inner.pipe(outer).pipe(inner)
    inner.on('error', () => outer.destroy())
    outer.on('error', () => inner.destroy())
  })
  return new Promise((resolve) => relay.listen(path, () => resolve(relay)))
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the air gap ended with ${code}`)))
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('close', () => resolve())
    child.kill('SIGKILL')
  })
}

// Without a route no packet is ever made: the kernel counts the refusals. With a gateway, count its packets.
function countAttempts(pid: number, gateway: AirGapOptions['gateway']): number {
  const refused = ipCounter(pid, 'OutNoRoutes') + ip6Counter(pid, 'Ip6OutNoRoutes')
  return gateway === 'drop' ? refused + sentPackets(pid) : refused
}

function ipCounter(pid: number, name: string): number {
  const [names = '', values = ''] = readFileSync(`/proc/${pid}/net/snmp`, 'utf8').split('\n')
  return Number(values.split(' ')[names.split(' ').indexOf(name)])
}

function ip6Counter(pid: number, name: string): number {
  const text = readFileSync(`/proc/${pid}/net/snmp6`, 'utf8')
  return Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(text)?.[1])
}

function sentPackets(pid: number): number {
  const text = readFileSync(`/proc/${pid}/net/dev`, 'utf8')
  const fields = /^\s*gateway:\s*(.*)$/m.exec(text)?.[1]?.split(/\s+/) ?? []
  return Number(fields[9])
}

function countNames(path: string): number {
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
}
