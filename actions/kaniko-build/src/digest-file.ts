import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'
import type { Digest } from '@tierseal/oci'

/** The digest file of this step: the given path below the workspace, or one under RUNNER_TEMP. */
export function digestFilePath(given: string | undefined): string {
  const workspace = process.env['GITHUB_WORKSPACE'] || process.cwd()
  if (given !== undefined) return resolve(workspace, given)
  return join(process.env['RUNNER_TEMP'] || tmpdir(), `tierseal-digest-${process.pid}`)
}

/** Removes what an earlier build left, before anything else, so that no failure leaves a stale digest. */
export function deleteDigestFile(path: string): void {
  change(path, () => rmSync(path, { force: true }))
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
