import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  endRememberedChildren,
  makeTemporaryDirectory,
  readState,
  removeTemporaryDirectory,
  saveState,
} from '@tierseal/action-kit'
import type { Inputs } from './inputs.ts'
import type { Folders } from './pin-workshop.ts'
import { stopAgent } from './signing/agent.ts'
import { demandTmpfs } from './signing/tmpfs.ts'

const workState = 'work'
const keyringState = 'keyring'

/** Runs the body with its folders; they are gone afterwards, by post where this process was killed. */
export async function withFolders<T>(
  inputs: Pick<Inputs, 'signingKey' | 'signingDirectory'>,
  body: (folders: Folders) => Promise<T>,
): Promise<T> {
  const work = makeTemporaryDirectory('pin')
  saveState(workState, work)
  const keyring = inputs.signingKey === undefined ? undefined : makeKeyringFolder(inputs)
  try {
    return await body({ work, keyring })
  } finally {
    await removeFolders({ work, keyring })
  }
}

/** Removes what main left where it was killed: its children, the agent of its keyring, its folders. */
export async function removeLeftFolders(): Promise<void> {
  const work = readState(workState)
  if (work === undefined) return
  endRememberedChildren(join(work, 'home'))
  await removeFolders({ work, keyring: readState(keyringState) })
}

// gpg-agent's socket must fit in 107 bytes, so the name is short.
function makeKeyringFolder({ signingDirectory }: Pick<Inputs, 'signingDirectory'>): string {
  demandTmpfs(signingDirectory)
  const keyring = join(signingDirectory, `tierseal-${randomBytes(6).toString('hex')}`)
  // Before it is there: a step that is killed in between leaves nothing that post does not know.
  saveState(keyringState, keyring)
  mkdirSync(keyring, { mode: 0o700 })
  return keyring
}

async function removeFolders({ work, keyring }: Folders): Promise<void> {
  if (keyring !== undefined) {
    await stopAgent(keyring)
    await removeTemporaryDirectory(keyring)
  }
  await removeTemporaryDirectory(work)
}
