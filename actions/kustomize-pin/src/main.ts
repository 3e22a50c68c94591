import { runAction, setOutputs } from '@tierseal/action-kit'
import { withFolders } from './folders.ts'
import { readPinInputs } from './inputs.ts'

await runAction(async () => {
  const inputs = readPinInputs()
  // Loaded once the inputs are good: the YAML parser alone costs a start as much as Node itself.
  const { pin } = await import(/* webpackMode: "eager" */ './pin.ts')
  const outputs = await withFolders(inputs, (folders) => pin(inputs, folders))
  setOutputs({
    commit: outputs.commit,
    changed: outputs.changed,
    superseded: outputs.superseded,
    attempts: outputs.attempts,
    'previous-digest': outputs.previousDigest,
    'pull-request-url': outputs.pullRequestUrl,
  })
})
