import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeKeyDirectory, writeKeyFiles } from './key-directory.ts'
import { removeKeyDirectory } from './remove-key-directory.ts'

const made: string[] = []
// The warning about a disk is a workflow command, which a test has no runner for.
beforeAll(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterAll(() => {
  vi.restoreAllMocks()
  for (const path of made) removeKeyDirectory(path)
})

const ignored = (): void => undefined
const modeOf = (path: string): number => statSync(path).mode & 0o777

test('the key and its password are files of mode 0600 in a folder of mode 0700', () => {
  const folder = makeKeyDirectory('/dev/shm', undefined, ignored)
  made.push(folder)
  const { path, passwordPath } = writeKeyFiles(folder, 'the key', '')
  expect([folder, path, passwordPath].map(modeOf)).toEqual([0o700, 0o600, 0o600])
  expect(readFileSync(path, 'utf8')).toBe('the key')
  expect(readFileSync(passwordPath, 'utf8')).toBe('')
})

test('a file that is already there is not overwritten, nor a link followed', () => {
  const folder = makeKeyDirectory('/dev/shm', undefined, ignored)
  made.push(folder)
  symlinkSync(join(tmpdir(), 'tierseal-must-not-appear'), join(folder, 'cosign.key'))
  expect(() => writeKeyFiles(folder, 'the key', '')).toThrow(
    expect.objectContaining({
      code: 'HANDOVER_DIRECTORY',
      message: expect.stringContaining('EEXIST'),
    }),
  )
  expect(existsSync(join(tmpdir(), 'tierseal-must-not-appear'))).toBe(false)
})

test('the folder is announced before it is there, since the step may be killed in between', () => {
  const announced: (readonly [path: string, isThere: boolean])[] = []
  const folder = makeKeyDirectory('/dev/shm', undefined, (path) => {
    announced.push([path, existsSync(path)])
  })
  made.push(folder)
  expect(announced).toEqual([[folder, false]])
})

test('a folder that is not in memory is refused before anything is written', () => {
  expect(() => makeKeyDirectory('/proc', undefined, ignored)).toThrow(
    expect.objectContaining({ code: 'HANDOVER_NOT_TMPFS' }),
  )
})

test('a folder on a disk is taken only where it is allowed by its own name', () => {
  const disk = mkdtempSync(join(tmpdir(), 'tierseal-disk-'))
  const folder = makeKeyDirectory(disk, disk, ignored)
  expect(existsSync(folder)).toBe(true)
  removeKeyDirectory(folder)
  expect(() => makeKeyDirectory('/proc', disk, ignored)).toThrow(/not on a tmpfs/)
})

test('a folder that is not there is told', () => {
  expect(() => makeKeyDirectory('/dev/shm/nowhere', undefined, ignored)).toThrow(
    expect.objectContaining({ code: 'HANDOVER_DIRECTORY' }),
  )
})

test('nothing but a folder made here is ever removed', () => {
  const other = join(mkdtempSync(join(tmpdir(), 'tierseal-other-')), 'work')
  mkdirSync(other)
  removeKeyDirectory(other)
  expect(existsSync(other)).toBe(true)
})
