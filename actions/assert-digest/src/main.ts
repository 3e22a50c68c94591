import { runAction, setOutputs } from '@tierseal/action-kit'
import { assertDigests } from './assert.ts'
import { readAssertInputs } from './inputs.ts'

await runAction(async () => setOutputs(await assertDigests(readAssertInputs())))
