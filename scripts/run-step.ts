import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { waitForChild } from '@tierseal/test-kit'
import { root } from './root.ts'

const binaries = join(root, 'node_modules', '.bin')

/**
 * Runs one program of a script with its output passed through, from the root of the checkout, and with what asks
 * this process to end. Gives its exit code.
 */
export function runStep(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PATH: [binaries, process.env['PATH']].join(delimiter),
      ...plainUnlessTerminal(),
      ...env,
    },
  })
  return waitForChild(child)
}

/** For programs that colour what they print into a file or a pipe, too. */
export function plainUnlessTerminal(): Record<string, string> {
  return process.stdout.isTTY === true ? {} : { NO_COLOR: '1' }
}
