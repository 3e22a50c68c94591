import { messageOf } from '@tierseal/errors'
import { isRunning, lastWords } from './daemon.ts'
import type { Part } from './part.ts'
import type { LabState } from './state.ts'
import { waitUntil } from './wait-until.ts'

/** Told when a part is ready, with the seconds it took. */
export type Progress = (line: string) => void

/**
 * Starts every part as soon as those before it are ready, side by side.
 *
 * @throws Error with the last words of the part that did not come up
 */
export async function startParts(
  parts: readonly Part[],
  state: LabState,
  progress: Progress,
): Promise<void> {
  const started = new Map<string, Promise<void>>()
  for (const part of parts) {
    const before = part.after.flatMap((name) => started.get(name) ?? [])
    started.set(part.name, startPart(part, before, state, progress))
  }
  const ends = await Promise.allSettled(started.values())
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [messageOf(end.reason)] : []))
  if (failures.length > 0) throw new Error(failures.join('\n'))
}

async function startPart(
  part: Part,
  before: readonly Promise<void>[],
  state: LabState,
  progress: Progress,
): Promise<void> {
  if ((await Promise.allSettled(before)).some(({ status }) => status === 'rejected')) {
    throw new Error(`${part.name}: not started, because a part before it failed`)
  }
  const begin = performance.now()
  try {
    await part.start(state)
    const timeoutMs = part.timeoutMs ?? 60_000
    const end = await waitUntil(part.name, () => readyOrEnded(part, state), { timeoutMs })
    if (end === 'ended') throw new Error('it ended as soon as it was started')
  } catch (error) {
    throw explained(part, error)
  }
  progress(`${part.name} is ready (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
}

async function readyOrEnded(part: Part, state: LabState): Promise<'ready' | 'ended' | false> {
  const alive = (): boolean => (part.daemons ?? []).every((name) => isRunning(state, name))
  if (!alive()) return 'ended'
  if (!(await part.ready(state))) return false
  return alive() ? 'ready' : 'ended'
}

function explained(part: Part, error: unknown): Error {
  const cause =
    error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : ''
  const logs = (part.daemons ?? []).map((name) => `--- ${name}\n${lastWords(name)}`)
  return new Error([`${part.name}: ${messageOf(error)}${cause}`, ...logs].join('\n'), {
    cause: error,
  })
}
