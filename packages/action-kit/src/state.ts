import * as core from '@actions/core'

/** Hands a value from main to post. State is a file: never a secret. */
export function saveState(name: string, value: string): void {
  core.saveState(name, value)
}

/** What main saved; undefined where main never came so far. */
export function readState(name: string): string | undefined {
  const value = core.getState(name)
  return value === '' ? undefined : value
}
