export { diagnose, type FailureText, quote } from './diagnose.ts'
export { type DiagnosedTool, diagnoses } from './diagnoses.ts'
export type { Diagnosis } from './diagnosis.ts'
