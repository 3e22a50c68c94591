import { runAction } from '@tierseal/action-kit'
import { removeLeftFolders } from './folders.ts'

await runAction(removeLeftFolders)
