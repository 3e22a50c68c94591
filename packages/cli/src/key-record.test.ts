import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runIn } from './testing/command.ts'

let folder: string
let elsewhere: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierseal-test-record-'))
  elsewhere = mkdtempSync(join(tmpdir(), 'tierseal-test-elsewhere-'))
})

afterEach(() => {
  for (const path of [folder, elsewhere]) rmSync(path, { recursive: true, force: true })
})

// Nothing listens there: whoever is asked first is told of first.
test.each([['init'], ['fetch']])(
  'keys %s follows no link that stands for its folder',
  async (verb) => {
    await runIn(folder, ['init', '--yes', '--vault', 'https://127.0.0.1:1'])
    symlinkSync(elsewhere, join(folder, 'keys'))
    const ended = await runIn(folder, ['keys', verb, 'dev'], { env: { VAULT_TOKEN: 'none' } })
    expect(ended).toMatchObject({
      exitCode: 2,
      error: expect.stringMatching(
        /^error\[FILES_NOT_WRITTEN\]: keys stands where a folder belongs/,
      ),
    })
    expect(readdirSync(elsewhere)).toEqual([])
  },
)
