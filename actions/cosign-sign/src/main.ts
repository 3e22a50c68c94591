import { appendSummary, runAction, setOutputs } from '@tierseal/action-kit'
import { readSignInputs } from './inputs.ts'
import { logReport, outputsOf, refuseFailures, summaryOf } from './report.ts'
import { signImages } from './sign.ts'

await runAction(async () => {
  const report = await signImages(readSignInputs())
  setOutputs(outputsOf(report))
  appendSummary(...summaryOf(report))
  logReport(report)
  refuseFailures(report)
})
