export { runCli } from './main.ts'
export type { Terminal } from './terminal.ts'
