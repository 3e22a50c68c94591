import { type ActionOptions, type ActionResult, runAction } from '@tierseal/test-kit'
import type { ActionName } from '../bundle.ts'
import { cpuTimeOf, timed } from './cpu-time.ts'

/** Runs an action as a runner does and measures its CPU time, its children's included. */
export async function measureAction(
  name: ActionName,
  options: ActionOptions,
): Promise<{ readonly cpuMs: number; readonly result: ActionResult }> {
  const result = await runAction(name, { ...options, wrapper: timed })
  if (result.exitCode !== 0) throw new Error(`${name} failed: ${result.log.slice(-800)}`)
  return { cpuMs: cpuTimeOf(result.stderr), result }
}
