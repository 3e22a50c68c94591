import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program stands in the folders of PATH, in their order; empty where it is in none. */
export function pathsOf(program: string): readonly string[] {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, program))
    .filter(isExecutable)
}

/** Whether there is a file of this path that may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
