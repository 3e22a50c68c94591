import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'

/** One file to put in place. */
export interface FileToWrite {
  readonly path: string
  readonly text: string
}

/**
 * Puts files in place all together: each is written beside its place first, and only when all of them are
 * written are they renamed, so that a full disk or a folder without rights leaves everything as it was.
 *
 * @throws KnownError FILES_NOT_WRITTEN
 */
export function writeTogether(files: readonly FileToWrite[]): void {
  const beside = files.map(({ path }) => `${path}.tierseal-new`)
  const begun: string[] = []
  try {
    const folders = new Set(files.map(({ path }) => dirname(path)))
    for (const folder of folders) mkdirSync(folder, { recursive: true })
    for (const [index, { path, text }] of files.entries()) {
      const temporary = beside[index] ?? path
      begun.push(temporary)
      writeFileSync(temporary, text, { mode: 0o644 })
    }
    for (const [index, { path }] of files.entries()) renameSync(beside[index] ?? path, path)
  } catch (error) {
    for (const temporary of begun) rmSync(temporary, { force: true })
    throw new KnownError('FILES_NOT_WRITTEN', messageOf(error), {
      hint: 'Nothing was changed unless the message names a rename. Correct the folder, and run it again.',
      cause: error,
    })
  }
}
