import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  childEnvironment,
  killProcess,
  removeTemporaryDirectory,
  runProcess,
} from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'

/** What identifies the processes of one build. */
export interface BuildProcesses {
  /** A process whose root folder lies in here belongs to the build. */
  readonly directory: string
  /** So does one of this session: kaniko gives each RUN a process group, not a session. */
  readonly session?: number | undefined
}

const rounds = 20

/**
 * Ends every process of a build, then its mounts, then removes its folder.
 *
 * @throws KnownError LEFTOVERS naming what stays
 */
export async function removeLeftovers(build: BuildProcesses): Promise<void> {
  await endProcesses(build)
  await unmountBelow(build.directory)
  removeTemporaryDirectory(build.directory)
  if (statSync(build.directory, { throwIfNoEntry: false }) === undefined) return
  throw leftovers(`the folder ${build.directory}`)
}

async function endProcesses(build: BuildProcesses): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const pids = processesOf(build)
    if (pids.length === 0) return
    for (const pid of pids) killProcess(pid)
    await sleep(25 * (round + 1))
  }
  throw leftovers(`the processes ${processesOf(build).join(', ')}`)
}

/** The live processes of a build, never this one. */
export function processesOf({ directory, session }: BuildProcesses): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
  return pids.filter((pid) => {
    if (pid === process.pid) return false
    const ours = isRootedIn(pid, directory) || (session !== undefined && sessionOf(pid) === session)
    // Asked last: it reads a file for each process of the runner, and almost none is ours.
    return ours && !isDead(pid)
  })
}

function isRootedIn(pid: number, directory: string): boolean {
  try {
    const root = readlinkSync(`/proc/${pid}/root`)
    return root === directory || root.startsWith(`${directory}/`)
  } catch {
    return false
  }
}

function sessionOf(pid: number): number | undefined {
  const session = statFields(pid)[3]
  return session === undefined ? undefined : Number(session)
}

function isDead(pid: number): boolean {
  const [state] = statFields(pid)
  return state === undefined || state === 'Z' || state === 'X'
}

// The fields of proc(5) stat after the program's name: state, ppid, pgrp, session.
function statFields(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

async function unmountBelow(directory: string): Promise<void> {
  for (const mount of mountsBelow(directory)) {
    const options = { env: childEnvironment(), timeoutMs: 10_000 }
    await runProcess('umount', ['--lazy', '--', mount], options).catch(() => undefined)
  }
  const left = mountsBelow(directory)
  // Removing the folder would remove what is mounted in it.
  if (left.length > 0) throw leftovers(`the mounts ${left.join(', ')}`)
}

/** The mount points in a folder, innermost first, from the text of /proc/self/mountinfo. */
export function mountsBelow(
  directory: string,
  mountinfo: string = readFileSync('/proc/self/mountinfo', 'utf8'),
): readonly string[] {
  return mountPoints(mountinfo)
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse()
}

/** Every mount point, from the text of /proc/self/mountinfo. */
export function mountPoints(mountinfo: string): readonly string[] {
  const fields = mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? [])
  // Blanks and backslashes are written in octal (proc(5)).
  return fields.map((path) =>
    path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ),
  )
}

function leftovers(what: string): KnownError {
  return new KnownError('LEFTOVERS', `a build left ${what}, which cannot be removed`)
}
