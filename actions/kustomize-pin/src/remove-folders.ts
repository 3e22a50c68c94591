import { join } from 'node:path'
import { endRememberedChildren, readState, removeTemporaryDirectory } from '@tierseal/action-kit'
import type { Folders } from './pin-workshop.ts'

/** Under which names main remembers its folders for post. */
export const states = { work: 'work', keyring: 'keyring' } as const

/** Removes the folders of a step, and ends the agent of its keyring. */
export async function removeFolders({ work, keyring }: Folders): Promise<void> {
  if (keyring !== undefined) {
    const { stopAgent } = await import(/* webpackMode: "eager" */ './signing/agent.ts')
    await stopAgent(keyring)
    removeTemporaryDirectory(keyring)
  }
  removeTemporaryDirectory(work)
}

/** Removes what main left where it was killed: its children, the agent of its keyring, its folders. */
export async function removeLeftFolders(): Promise<void> {
  const work = readState(states.work)
  if (work === undefined) return
  endRememberedChildren(join(work, 'home'))
  await removeFolders({ work, keyring: readState(states.keyring) })
}
