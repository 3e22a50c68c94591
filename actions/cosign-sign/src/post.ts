import { rmSync } from 'node:fs'
import {
  endRememberedChildren,
  readState,
  removeTemporaryDirectory,
  runAction,
} from '@tierseal/action-kit'
import { keyFilesState, workspaceState } from './state.ts'

// Runners end a cancelled step with SIGKILL: what main removes by itself may still be there.
await runAction(async () => {
  for (const path of readState(keyFilesState)?.split('\n') ?? []) rmSync(path, { force: true })
  const workspace = readState(workspaceState)
  if (workspace === undefined) return
  endRememberedChildren(workspace)
  removeTemporaryDirectory(workspace)
})
