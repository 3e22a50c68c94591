import { rmSync } from 'node:fs'
import { labPath } from '@tierseal/test-kit/lab'
import { bundleActions } from '../bundle.ts'
import { compile } from '../compile.ts'
import { commitRelease } from '../release/commit.ts'
import { describeSource } from '../release/source.ts'
import { writeReleaseTree } from '../release/tree.ts'

/** Builds the actions and makes their release tree where the suite pushes it from. */
export async function prepareRelease(): Promise<void> {
  const source = describeSource(true)
  if (typeof source === 'string') throw new Error(source)
  compile()
  await bundleActions()
  const directory = labPath('release')
  rmSync(directory, { recursive: true, force: true })
  writeReleaseTree(directory, 'ci')
  commitRelease(directory, source)
}
