import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ActionResult,
  findLeftovers,
  findSecrets,
  type RunningAction,
  runPost,
} from '@tierseal/test-kit'
import { expect } from 'vitest'

/** Waits for the moment at which a running build is killed. */
export type Moment = (running: RunningAction) => Promise<void>

/** When a line of the log shows. */
export function atLine(line: string | RegExp): Moment {
  return (running) => running.waitForLog(line)
}

/** After so many milliseconds. */
export function after(delayMs: number): Moment {
  return async () => void (await sleep(delayMs))
}

/** When the folder of the build is there, before it is complete. */
export function atFolder(pattern: RegExp): Moment {
  return async ({ runnerTemp }) => {
    for (let round = 0; round < 4000; round++) {
      if (readdirSync(runnerTemp).some((name) => pattern.test(name))) return
      await sleep(5)
    }
    throw new Error(`no ${pattern} in ${runnerTemp}`)
  }
}

/**
 * Kills a build as runners cancel, runs its post as they do, and expects that nothing of it is left: no
 * process, no mount, no folder, no secret. A build that had ended by then is as good.
 */
export async function expectNothingLeft(
  running: RunningAction,
  moment: Moment,
  secrets: Readonly<Record<string, string>>,
): Promise<ActionResult> {
  await moment(running)
  const family = descendantsOf(running.pid)
  if (isAlive(running.pid)) running.kill()
  const killed = await running.result
  const post = await runPost(killed)
  expect({ exitCode: post.exitCode, annotations: post.annotations }).toEqual({
    exitCode: 0,
    annotations: [],
  })
  const rooted = processes().filter((pid) => rootOf(pid).startsWith(killed.directory))
  // What the kernel has killed is gone when it has taken its namespaces down, a moment later on a busy machine.
  const soon = { timeout: 10_000 }
  await expect.poll(() => [...family, ...rooted].filter(isAlive).map(commandOf), soon).toEqual([])
  // The digest of a build that had ended is proven, and for later steps.
  expect(readdirSync(killed.runnerTemp).filter((name) => !/-digest-/.test(name))).toEqual([])
  await expect
    .poll(() => findLeftovers(killed.directory), soon)
    .toEqual({ processes: [], mounts: [] })
  expect(findSecrets(killed.directory, secrets)).toEqual([])
  expect(findSecrets({ log: killed.maskedLog, post: post.maskedLog }, secrets)).toEqual([])
  return killed
}

function descendantsOf(pid: number): readonly number[] {
  const children = processes().filter((other) => statFields(other)[1] === String(pid))
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function isAlive(pid: number): boolean {
  const [state] = statFields(pid)
  return state !== undefined && state !== 'Z' && state !== 'X'
}

// The fields of proc(5) stat after the program's name: state, parent.
function statFields(pid: number): readonly string[] {
  const stat = readProcess(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function rootOf(pid: number): string {
  return readProcess(() => readlinkSync(`/proc/${pid}/root`))
}

function commandOf(pid: number): string {
  const command = readProcess(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  return `${pid} ${command.replaceAll('\0', ' ')}`
}

// A process may end while it is looked at.
function readProcess(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
