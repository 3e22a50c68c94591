import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { kanikoDirectory, tidyContainer } from './executors/in-place-traces.ts'
import { removeRememberedPods } from './executors/kubernetes-state.ts'
import { recallBuild } from './state.ts'

/** Ends and removes what a build left that was killed; after a build that ended there is nothing. */
export async function undoBuild(): Promise<void> {
  const { place, session } = recallBuild()
  if (place !== undefined && existsSync(place)) {
    // Loaded where there is something to do: after almost every build there is nothing.
    const { removeLeftovers } = await import(/* webpackMode: "eager" */ './leftovers.ts')
    await removeLeftovers({ directory: place, session })
    if (dirname(place) === kanikoDirectory) tidyContainer()
  }
  await removeRememberedPods()
}
