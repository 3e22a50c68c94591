/** Moments on the way of one commit, in milliseconds since the epoch. */
export interface Moments {
  readonly pushedAt: number
  /** What the forge kept of the job: every line begins with its moment. */
  readonly log: string
  readonly syncedAt: number
  readonly runningAt: number
}

/** One stretch of that way; together they are all of it. */
export interface Stretch {
  readonly name: string
  readonly ms: number
}

// The engine says so at the end of each step, and `Run Main` before the first.
const begin = /^(\S+Z) .*Run Main /m
const end = /^(\S+Z) .*Success - Main (.+)$/gm

/**
 * Divides the time from a push to the running pod. A link lasts from the end of the one before to its own
 * end, so that what the engine does between two steps counts for the step it prepares.
 *
 * @throws Error where the log has no step that ended well
 */
export function stretchesOf({ pushedAt, log, syncedAt, runningAt }: Moments): readonly Stretch[] {
  const started = begin.exec(log)?.[1]
  // The steps of a composite action count for it: the engine names them by their script, line breaks escaped.
  const steps = [...log.matchAll(end)].filter(([, , name = '']) => !name.includes('\\n'))
  if (started === undefined || steps.length === 0) throw new Error(`no step ended well:\n${log}`)
  const ends: ReadonlyArray<readonly [name: string, at: number]> = [
    ['forge and runner, until the first step', Date.parse(started)],
    ...steps.map(([, at = '', name = '']) => [name.trim(), Date.parse(at)] as const),
    ['Argo CD sync', syncedAt],
    ['pod start', runningAt],
  ]
  return ends.map(([name, at], index) => ({ name, ms: at - (ends[index - 1]?.[1] ?? pushedAt) }))
}
