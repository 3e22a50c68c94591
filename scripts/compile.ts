import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './root.ts'

/** Compiles every package and action to its lib/, incrementally. */
export function compile(): void {
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const { status } = spawnSync(tsc, ['-b', join(root, 'tsconfig.build.json')], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error('the TypeScript build failed; its errors are above')
}
