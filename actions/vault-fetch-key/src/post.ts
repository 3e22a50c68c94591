import { readState, runAction } from '@tierseal/action-kit'
import { removeKeyDirectory } from './remove-key-directory.ts'
import { keyDirectoryState } from './state.ts'

await runAction(async () => {
  const folder = readState(keyDirectoryState)
  if (folder !== undefined) removeKeyDirectory(folder)
})
