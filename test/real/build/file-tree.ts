import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Every file below a folder, with what it is and what is in it. */
export function contentsOf(directory: string): Readonly<Record<string, string>> {
  const entries = pathsBelow(directory).flatMap((path) => {
    const name = relative(directory, path)
    const stats = lstatSync(path)
    if (stats.isSymbolicLink()) return [[name, `-> ${readlinkSync(path)}`]]
    if (!stats.isFile()) return []
    return [[name, createHash('sha256').update(readFileSync(path)).digest('hex')]]
  })
  return Object.fromEntries(entries)
}

// What no build may touch, and what the engines are known to write to.
const watched = ['/etc', '/usr', '/opt', '/srv', '/var/lib/containers', '/var/cache', '/kaniko']
const watchedNames = ['/', '/run/containers', '/var', '/var/lib', '/home']

/**
 * The runner's own files as a build must leave them: for every entry of the watched folders its type, owner,
 * mode, size and time of change; what is mounted; and the names in folders that others write to.
 *
 * @param folders fewer than all, where the seconds that /usr takes are too many
 */
export function runnerState(
  folders: readonly string[] = watched,
): Readonly<Record<string, string>> {
  const entries = folders.filter((path) => existsSync(path)).flatMap(describeTree)
  const names = watchedNames.map((path) => [
    `names in ${path}`,
    existsSync(path) ? readdirSync(path).sort().join(' ') : 'absent',
  ])
  return Object.fromEntries([...entries, ...names, ['mounts', mounts()]])
}

/** What differs between two states, one line each; an assertion over the whole would drown in it. */
export function changesBetween(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name] ?? 'absent'} -> ${after[name] ?? 'absent'}`)
}

function describeTree(directory: string): [string, string][] {
  return pathsBelow(directory).map((path) => {
    const { mode, uid, gid, size, ctimeMs } = lstatSync(path)
    return [path, [mode, uid, gid, size, ctimeMs].join(' ')]
  })
}

// readdirSync by itself walks into symbolic links, and /usr has one to itself.
function pathsBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    return entry.isDirectory() ? [path, ...pathsBelow(path)] : [path]
  })
}

// Of the watched folders only: other suites mount and unmount in folders of their own meanwhile.
function mounts(): string {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  return points.filter((point) => watched.some((path) => point.startsWith(path))).join('\n')
}
