import * as core from '@actions/core'
import { redact } from './masking.ts'

/** The step's log. Every line is redacted here too, since not every runner masks (facts: runner.md 3). */
export const log = {
  info: (message: string): void => core.info(redact(message)),
  warning: (message: string): void => core.warning(redact(message)),
  debug: (message: string): void => core.debug(redact(message)),
  group: <T>(title: string, body: () => Promise<T>): Promise<T> => core.group(redact(title), body),
}
