import { fstatSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { KnownError, messageOf } from '@tierseal/errors'
import { log } from './log.ts'

// An engine that gives a step a terminal drops what it has not read of it when the step ends: on a busy machine
// nektos act 0.2.89 showed a failure without a word. Runners without a terminal wait for nothing.
const lingerMs = 250

/**
 * Runs one phase of an action: the only place that catches. A KnownError becomes an annotation with its
 * code and hint; anything else is a bug of ours and shows its stack. Both fail the step.
 */
export async function runAction(phase: () => Promise<void>): Promise<void> {
  // Node would print such an error line by line as it is, and a line can be a command to the runner.
  process.once('uncaughtException', (error) => {
    log.error(describe(error))
    process.exit(1)
  })
  try {
    await phase()
  } catch (error) {
    log.error(describe(error))
    process.exitCode = 1
  }
  if (isReadAsTerminal()) await sleep(lingerMs)
}

// process.stdout is made when it is first asked for, of modules that a post with nothing to say does without.
function isReadAsTerminal(): boolean {
  return fstatSync(1).isCharacterDevice() && process.stdout.isTTY
}

// What the disk of the runner answers, to whatever is written to it; no program can help it.
const diskErrors: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']

function describe(error: unknown): string {
  if (error instanceof Error && 'code' in error && diskErrors.includes(error.code)) {
    return describe(
      new KnownError('DISK_FAILED', error.message, {
        hint: 'Make room on the runner, or look at its disk; then run the job again.',
      }),
    )
  }
  if (!(error instanceof KnownError)) {
    return `A bug in this action, please report it: ${error instanceof Error ? error.stack : messageOf(error)}`
  }
  const hint = error.hint === undefined || error.hint === '' ? '' : `\n${error.hint}`
  return `${error.code}: ${error.message}${hint}`
}
