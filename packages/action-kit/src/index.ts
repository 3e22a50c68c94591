export { childEnvironment, proxyOfNobody, rareCollections } from './child-environment.ts'
export { fileSystemOf } from './file-system.ts'
export {
  asText,
  exact,
  flag,
  type InputSpec,
  type InputValues,
  type JointSpec,
  lines,
  list,
  optional,
  parseEach,
  readInputs,
  required,
  seconds,
  secret,
} from './inputs.ts'
export { LineBuffer } from './line-buffer.ts'
export { log } from './log.ts'
export { mapInParallel } from './map-in-parallel.ts'
export { maskSecret, redact } from './masking.ts'
export { setOutputs } from './outputs.ts'
export { type ProcessResult, type RunOptions, runProcess } from './process.ts'
export { killProcess, killProcessGroup } from './process-group.ts'
export { removeTemporaryDirectory } from './remove-temporary-directory.ts'
export { runAction } from './run-action.ts'
export { endRememberedChildren, rememberChild } from './running-children.ts'
export { readState, saveState } from './state.ts'
export {
  appendSummary,
  type Markdown,
  type SummaryRow,
  summaryCode,
  summaryNote,
  summaryTable,
} from './summary.ts'
export { makeTemporaryDirectory } from './temporary-directory.ts'
export { Tool, ToolFailure, type ToolOptions } from './tool.ts'
export { warnOfSwap } from './warn-of-swap.ts'
