import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findLeftovers, temporaryDirectory } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'

interface Interrupted {
  readonly code: number | null
  readonly shown: string
}

/** Starts the demo in a folder of its own, and presses Ctrl-C when it shows the text. */
function interruptAt(folder: string, text: string): Promise<Interrupted> {
  const args = [...process.execArgv, 'scripts/demo.ts', '--report', join(folder, 'report.json')]
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, TMPDIR: folder, NODE_OPTIONS: '--conditions=source' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let shown = ''
    const read = (chunk: Buffer): void => {
      const before = shown.includes(text)
      shown += chunk.toString()
      if (!before && shown.includes(text)) child.kill('SIGINT')
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, shown }))
  })
}

describe('npm run demo, interrupted by Ctrl-C', () => {
  test.each([
    ['while the job runs', 'A commit to the service runs'],
    ['while links are tampered with', 'Tampering with every link'],
  ])('%s, stops and removes everything that it started', async (_when, text) => {
    const folder = temporaryDirectory('interrupted')
    const { code, shown } = await interruptAt(folder, text)
    expect(shown).toContain(text)
    expect(code).toBe(130)
    await expect
      .poll(() => findLeftovers(folder), { timeout: 5000 })
      .toEqual({
        processes: [],
        mounts: [],
      })
    expect(readdirSync(folder)).toEqual([])
    expect(existsSync(join(folder, 'report.json'))).toBe(false)
  })
})
