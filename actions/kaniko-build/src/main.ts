import { runAction, setOutputs } from '@tierseal/action-kit'
import { readBuildInputs } from './inputs.ts'

await runAction(async () => {
  const inputs = readBuildInputs()
  // Loaded once the inputs are good: a step that is refused starts no engine.
  const { build } = await import(/* webpackMode: "eager" */ './build.ts')
  setOutputs({ ...(await build(inputs)) })
})
