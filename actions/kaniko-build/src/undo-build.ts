import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { kanikoDirectory, tidyContainer } from './executors/in-place-traces.ts'
import { removeRememberedPods } from './executors/kubernetes-state.ts'
import { removeLeftovers } from './leftovers.ts'
import { recallBuild } from './state.ts'

/** Ends and removes what a build left that was killed; after a build that ended there is nothing. */
export async function undoBuild(): Promise<void> {
  const { place, session } = recallBuild()
  if (place !== undefined && existsSync(place)) {
    await removeLeftovers({ directory: place, session })
    if (dirname(place) === kanikoDirectory) tidyContainer()
  }
  await removeRememberedPods()
}
