import { type ProcessResult, type RunOptions, runProcess, ToolFailure } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'

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
  options: RunOptions,
): Promise<ProcessResult> {
  const [program = '', ...args] = command
  const result = await runProcess(program, args, options).catch((error: unknown) => {
    throw new KnownError('TOOL_MISSING', `${program} cannot be started: ${messageOf(error)}`, {
      cause: error,
    })
  })
  if (result.timedOut) {
    const limit = `${Math.round(options.timeoutMs / 1000)} s`
    throw new KnownError('TOOL_TIMEOUT', `${name} did not end within ${limit} and was killed`, {
      hint: 'See in its log what it waited for; raise timeout-seconds only if it was working.',
    })
  }
  if (result.exitCode !== 0) throw new ToolFailure(name, args, result)
  return result
}
