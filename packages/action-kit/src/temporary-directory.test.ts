import { existsSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { removeTemporaryDirectory } from './remove-temporary-directory.ts'
import { makeTemporaryDirectory } from './temporary-directory.ts'

const nothing = (): void => undefined
let runnerTemp: string

beforeEach(() => {
  runnerTemp = mkdtempSync(join(tmpdir(), 'tierseal-test-'))
  vi.stubEnv('RUNNER_TEMP', runnerTemp)
})

afterEach(() => {
  vi.unstubAllEnvs()
  removeTemporaryDirectory(runnerTemp)
})

test('a folder is told of before it is there: a step that is killed in between leaves none that post does not know', () => {
  const told: (readonly [string, boolean])[] = []
  const path = makeTemporaryDirectory('kind', (each) => told.push([each, existsSync(each)]))
  expect(told).toEqual([[path, false]])
  expect(path).toMatch(/\/tierseal-kind-[0-9a-f]{12}$/)
  expect([dirname(path), statSync(path).mode & 0o777]).toEqual([runnerTemp, 0o700])
})

test('a folder goes where it is wanted, and to the folder of the system where RUNNER_TEMP is too long', () => {
  const parent = join(runnerTemp, '..')
  const wanted = makeTemporaryDirectory('kind', nothing, { parent })
  const short = makeTemporaryDirectory('kind', nothing, { maxBytes: runnerTemp.length })
  expect([dirname(wanted), dirname(short)]).toEqual([tmpdir(), tmpdir()])
  removeTemporaryDirectory(wanted)
  removeTemporaryDirectory(short)
})

test('a folder that never came is removed as well', () => {
  expect(() => removeTemporaryDirectory(join(runnerTemp, 'absent'))).not.toThrow()
})
