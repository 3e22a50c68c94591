import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

process.once('exit', () => {
  // A process that was just killed may still be writing.
  for (const path of made) rmSync(path, { recursive: true, force: true, maxRetries: 10 })
})

/** A new folder that is removed when this process ends, however it ends in order. */
export function temporaryDirectory(purpose: string): string {
  const path = mkdtempSync(join(tmpdir(), `ts-${purpose}-`))
  made.push(path)
  return path
}
