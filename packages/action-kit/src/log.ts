import * as core from '@actions/core'
import { harmlessLines } from './harmless.ts'
import { redact } from './masking.ts'

/**
 * The step's log. Every line is redacted here too, since not every runner masks (facts: runner.md 3), and
 * none is a command to the runner: registries, kubelets, tools and what runs in a build speak through it.
 */
export const log = {
  info: (message: string): void => core.info(shown(message)),
  warning: (message: string): void => core.warning(shown(message)),
  error: (message: string): void => core.error(shown(message)),
  debug: (message: string): void => core.debug(shown(message)),
}

// Redacted first: what is shown by its code is no longer what was masked.
function shown(message: string): string {
  return harmlessLines(redact(message)).join('\n')
}
