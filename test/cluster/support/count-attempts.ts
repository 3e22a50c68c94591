// Run by `unshare --net`: attempts to leave, in a namespace of its own, so that the lab's counter stays at zero. What a
// pod does is done in a second namespace behind this one, as a pod is behind the node.

import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { connect } from 'node:net'
import {
  command,
  nameServerAddress,
  readEgress,
  setGateway,
  startEgressCounter,
  waitUntil,
} from '@tierseal/test-kit/lab'

const elsewhere = '8.8.8.8'
const pod = spawn('unshare', ['--net', 'sleep', '60'], { stdio: 'ignore' })
const insidePod = [`--net=/proc/${pod.pid}/ns/net`]
await command('ip', ['link', 'set', 'lo', 'up'])
await command('ip', ['address', 'add', `${nameServerAddress}/32`, 'dev', 'lo'])
await startEgressCounter()
await connectPod()

const seen: Record<string, unknown> = { silence: await readEgress() }
await attempt('connected', () => refused(elsewhere))
await attempt('asked', () => send(53, '127.0.0.53'))
await attempt('pod connected', () => sendFromPod(443, elsewhere))
await attempt('pod asked', () => sendFromPod(53, nameServerAddress))
await setGateway('drop', '/proc/self/ns/net')
await attempt('gateway drop', () => send(443, elsewhere))
await attempt('gateway drop, pod', () => sendFromPod(443, elsewhere))
await setGateway('open', '/proc/self/ns/net')
await attempt('gateway open', () => refused(elsewhere))
pod.kill('SIGKILL')
console.log(JSON.stringify(seen))

async function attempt(name: string, make: () => Promise<unknown>): Promise<void> {
  await make()
  seen[name] = await readEgress()
}

function refused(host: string): Promise<void> {
  return new Promise((resolve) => {
    connect({ host, port: 443 }).once('error', () => resolve())
  })
}

// One datagram is one packet: nothing of it is sent again.
function send(port: number, host: string): Promise<string> {
  return command('bash', ['-c', `echo question >/dev/udp/${host}/${port}`])
}

function sendFromPod(port: number, host: string): Promise<string> {
  const script = `echo question >/dev/udp/${host}/${port}`
  return command('nsenter', [...insidePod, 'bash', '-c', script])
}

async function connectPod(): Promise<void> {
  const here = statSync('/proc/self/ns/net').ino
  const apart = async (): Promise<boolean> => statSync(`/proc/${pod.pid}/ns/net`).ino !== here
  await waitUntil('a namespace for the pod', apart, { timeoutMs: 10_000, everyMs: 10 })
  await command('ip', ['link', 'add', 'to-pod', 'type', 'veth', 'peer', 'name', 'eth0'])
  await command('ip', ['link', 'set', 'eth0', 'netns', String(pod.pid)])
  await command('ip', ['address', 'add', '203.0.113.1/24', 'dev', 'to-pod'])
  await command('ip', ['link', 'set', 'to-pod', 'up'])
  await command('sh', ['-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward'])
  for (const words of [
    'address add 203.0.113.2/24 dev eth0',
    'link set eth0 up',
    'route add default via 203.0.113.1',
  ]) {
    await command('nsenter', [...insidePod, 'ip', ...words.split(' ')])
  }
}
