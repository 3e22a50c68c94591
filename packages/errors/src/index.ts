export type { CodeEntry, CodeTable } from './code-entry.ts'
export { type Code, codeGroups } from './codes.ts'
export { KnownError, type KnownErrorOptions } from './known-error.ts'
export { messageOf } from './message-of.ts'
