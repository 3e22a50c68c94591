import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { labRoot } from './layout.ts'

const containerLogs = '/var/log/containers'
const networkResults = '/var/lib/cni/results'
// The inner ones first. Shims have their sockets in the last but one, whatever containerd's own folder is.
const folders = [
  ...[containerLogs, networkResults, '/var/lib/cni'],
  ...['/run/containerd/s', '/run/containerd'],
]
const devicePlugins = '/var/lib/kubelet/device-plugins/kubelet.sock'

/**
 * What kubelet and containerd's CNI write at places of their own, which no setting moves: links to the logs of
 * containers, the results of setting up a pod's network, and a socket. Only what is the lab's, and a socket only where
 * nobody listens any more.
 */
export function filesElsewhere(): readonly string[] {
  return [...logLinks(), ...results(), ...(isDeadSocket(devicePlugins) ? [devicePlugins] : [])]
}

/** Removes them, and the folders that are empty without them. Called when nothing of the lab runs any more. */
export function removeFilesElsewhere(): void {
  for (const file of filesElsewhere()) rmSync(file)
  for (const folder of [...folders, dirname(devicePlugins), '/var/lib/kubelet']) removeEmpty(folder)
}

function logLinks(): readonly string[] {
  const isOurs = (link: string): boolean => readlinkSync(link).startsWith(`${labRoot}/`)
  return entriesOf(containerLogs).filter(isOurs)
}

// One per interface, the loopback too, each with the network namespace that it is in: below the lab's root.
function results(): readonly string[] {
  const isOurs = (file: string): boolean => readFileSync(file, 'utf8').includes(`"${labRoot}/`)
  return entriesOf(networkResults).filter(isOurs)
}

function isDeadSocket(path: string): boolean {
  if (!existsSync(path) || !lstatSync(path).isSocket()) return false
  return !readFileSync('/proc/net/unix', 'utf8').includes(` ${path}\n`)
}

function entriesOf(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : []
}

function removeEmpty(directory: string): void {
  if (existsSync(directory) && entriesOf(directory).length === 0) rmdirSync(directory)
}
