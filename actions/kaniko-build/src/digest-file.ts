import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'
import type { Digest } from '@tierseal/oci'

/**
 * The digest file of this step, with what an earlier build left in it removed. Reading the input does it, so
 * that a step which is refused for another input leaves no stale digest either.
 *
 * @throws KnownError PERMISSION_MISSING
 */
export function freshDigestFile(given: string): string {
  const path = digestFilePath(given)
  change(path, () => rmSync(path, { force: true }))
  return path
}

/** Writes the proven digest at once: 71 bytes, no newline. */
export function writeDigestFile(path: string, digest: Digest): void {
  change(path, () => {
    mkdirSync(dirname(path), { recursive: true })
    const whole = `${path}.${process.pid}`
    writeFileSync(whole, digest)
    renameSync(whole, path)
  })
}

// The given path below the workspace, or one under RUNNER_TEMP.
function digestFilePath(given: string): string {
  const workspace = process.env['GITHUB_WORKSPACE'] || process.cwd()
  if (given !== '') return resolve(workspace, given)
  return join(process.env['RUNNER_TEMP'] || tmpdir(), `tierseal-digest-${process.pid}`)
}

function change(path: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    throw new KnownError('PERMISSION_MISSING', `digest-file ${path}: ${messageOf(error)}`, {
      hint: 'Give a path in a folder that this step can write to.',
      cause: error,
    })
  }
}
