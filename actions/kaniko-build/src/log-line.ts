import { log } from '@tierseal/action-kit'

/**
 * Logs one line of an engine behind a bar: a line of a RUN that starts with :: would be a command to the
 * runner.
 */
export function logEngineLine(line: string): void {
  log.info(`| ${line}`)
}
