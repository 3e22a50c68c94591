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
import { networkName } from './parts/containerd.ts'

const containerLogs = '/var/log/containers'
const networkResults = '/var/lib/cni/results'
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
  const folders = [containerLogs, networkResults, '/var/lib/cni', dirname(devicePlugins)]
  for (const folder of [...folders, '/var/lib/kubelet']) removeEmpty(folder)
}

function logLinks(): readonly string[] {
  const isOurs = (link: string): boolean => readlinkSync(link).startsWith(`${labRoot}/`)
  return entriesOf(containerLogs).filter(isOurs)
}

// The loopback of a pod has its own, without the name of our network; the container's id is in both.
function results(): readonly string[] {
  const files = entriesOf(networkResults)
  const prefix = join(networkResults, `${networkName}-`)
  const ours = files.filter((file) => file.startsWith(prefix))
  const ids = ours.map((file) => file.slice(prefix.length).split('-', 1)[0] ?? '')
  return files.filter((file) => ids.some((id) => file.includes(`-${id}-`)))
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
