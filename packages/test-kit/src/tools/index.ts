export { type Obtained, obtainTools } from './obtain-tools.ts'
export { tryPrograms } from './system-programs.ts'
export { type ToolName, tools, tryToolName } from './table.ts'
export { lacksTools, toolPath, toolShare, tryToolPath } from './tool-path.ts'
