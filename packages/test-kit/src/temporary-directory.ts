import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

process.once('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true })
})

/** A new folder that is removed when this process ends, however it ends in order. */
export function temporaryDirectory(purpose: string): string {
  const path = mkdtempSync(join(tmpdir(), `ts-${purpose}-`))
  made.push(path)
  return path
}
