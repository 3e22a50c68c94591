import { runAction } from '@tierseal/action-kit'
import { removeLeftFolders } from './remove-folders.ts'

await runAction(removeLeftFolders)
