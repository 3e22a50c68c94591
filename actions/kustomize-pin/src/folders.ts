import { makeTemporaryDirectory, saveState, warnOfSwap } from '@tierseal/action-kit'
import type { Inputs } from './inputs.ts'
import type { Folders } from './pin-workshop.ts'
import { removeFolders, states } from './remove-folders.ts'
import { demandTmpfs } from './signing/tmpfs.ts'

/** Runs the body with its folders; they are gone afterwards, by post where this process was killed. */
export async function withFolders<T>(
  inputs: Pick<Inputs, 'signingKey' | 'signingDirectory'>,
  body: (folders: Folders) => Promise<T>,
): Promise<T> {
  const work = makeTemporaryDirectory('pin', (path) => saveState(states.work, path))
  const keyring = inputs.signingKey === undefined ? undefined : makeKeyringFolder(inputs)
  try {
    return await body({ work, keyring })
  } finally {
    await removeFolders({ work, keyring })
  }
}

// gpg-agent's socket must fit in 107 bytes, so the name is short.
function makeKeyringFolder({ signingDirectory }: Pick<Inputs, 'signingDirectory'>): string {
  demandTmpfs(signingDirectory)
  const announce = (path: string): void => saveState(states.keyring, path)
  const folder = makeTemporaryDirectory('gpg', announce, { parent: signingDirectory })
  warnOfSwap(folder, { folder: signingDirectory, secret: 'the OpenPGP key' })
  return folder
}
