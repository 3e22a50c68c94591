import { type ProcessResult, type RunOptions, runProcess, ToolFailure } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import type { BuildDeadline } from './build-deadline.ts'

/** Far more than an engine needs to say what it is. */
export const answerMs = 60_000

/** A run's part of a build's time. */
export interface EngineRun extends Omit<RunOptions, 'timeoutMs'> {
  readonly deadline: BuildDeadline
  /** A question is no build: it gets no more than this. */
  readonly mostMs?: number
}

/**
 * Runs a program of an engine through the commands that contain it.
 *
 * @param name what messages call it
 * @param command the whole argv, the containing commands first
 * @throws KnownError TOOL_TIMEOUT, TOOL_MISSING; ToolFailure on any exit code but 0
 */
export async function runEngine(
  name: 'kaniko' | 'buildah',
  command: readonly string[],
  { deadline, mostMs = Number.POSITIVE_INFINITY, ...run }: EngineRun,
): Promise<ProcessResult> {
  const [program = '', ...args] = command
  const options = { ...run, timeoutMs: Math.min(mostMs, deadline.remainingMs) }
  const result = await runProcess(program, args, options).catch((error: unknown) => {
    throw new KnownError('TOOL_MISSING', `${program} cannot be started: ${messageOf(error)}`, {
      cause: error,
    })
  })
  if (result.timedOut && deadline.isOver) throw deadline.exceeded(name)
  if (result.timedOut) {
    const limit = `${mostMs / 1000} s`
    throw new KnownError('TOOL_TIMEOUT', `${name} did not end within ${limit} and was killed`)
  }
  if (result.exitCode !== 0) throw new ToolFailure(name, args, result)
  return result
}
