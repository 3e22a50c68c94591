export { type Obtained, obtainTools } from './obtain-tools.ts'
export { type ToolName, tools, tryToolName } from './table.ts'
export { lacksTools, toolPath, toolShare, tryToolPath } from './tool-path.ts'
