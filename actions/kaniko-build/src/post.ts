import { runAction } from '@tierseal/action-kit'
import { undoBuild } from './undo-build.ts'

await runAction(undoBuild)
