import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { root } from './root.ts'

const binaries = join(root, 'node_modules', '.bin')

/**
 * Runs one program of a script with its output passed through, from the root of the checkout.
 * Returns whether it ended with 0.
 */
export function runStep(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): boolean {
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PATH: [binaries, process.env['PATH']].join(delimiter),
      ...env,
    },
  })
  return status === 0
}
