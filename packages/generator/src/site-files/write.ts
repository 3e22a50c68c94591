import {
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'

/** One file to put in place. */
export interface FileToWrite {
  readonly path: string
  readonly text: string
}

const suffixes = { new: '.tierseal-new', old: '.tierseal-old' } as const

/** Whether a file is one that an interrupted run left: never read, and never anybody's own. */
export function isLeftOver(path: string): boolean {
  return path.endsWith(suffixes.new) || path.endsWith(suffixes.old)
}

/**
 * Puts files in place all together, the last one last: each is written beside its place first, and what it
 * replaces is kept beside it until all are in place, so that any failure leaves everything as it was.
 *
 * @param removals files that go at the same time
 * @throws KnownError FILES_NOT_WRITTEN
 */
export function writeTogether(
  files: readonly FileToWrite[],
  removals: readonly string[] = [],
): void {
  const folders: string[] = []
  const changed: string[] = []
  const kept: string[] = []
  try {
    for (const folder of new Set(files.map(({ path }) => dirname(path))))
      makeFolder(folder, folders)
    for (const { path, text } of files) writeBeside(path, text)
    for (const path of removals) {
      renameSync(path, path + suffixes.old)
      changed.push(path)
      kept.push(path)
    }
    for (const { path } of files) {
      if (keep(path)) kept.push(path)
      changed.push(path)
      renameSync(path + suffixes.new, path)
    }
  } catch (error) {
    for (const path of changed.reverse()) putBack(path)
    for (const { path } of files) rmSync(path + suffixes.new, { force: true })
    for (const folder of folders.reverse()) removeEmpty(folder)
    throw new KnownError('FILES_NOT_WRITTEN', messageOf(error), {
      hint: 'Everything is as it was. Correct what the message names, and run it again.',
      cause: error,
    })
  }
  for (const path of kept) rmSync(path + suffixes.old, { force: true })
}

/**
 * Ends what a run that was killed had begun: taken back where the file that goes in place last, the lock,
 * is still beside its place, and cleaned up after where it is not.
 *
 * @param leftOvers absolute paths, as `isLeftOver` knows them
 */
export function endInterrupted(leftOvers: readonly string[], lock: string): void {
  const undone = leftOvers.includes(lock + suffixes.new)
  for (const path of leftOvers.filter((found) => found.endsWith(suffixes.old))) {
    if (undone) renameSync(path, path.slice(0, -suffixes.old.length))
    else rmSync(path, { force: true })
  }
  for (const path of leftOvers) rmSync(path, { force: true })
}

function makeFolder(folder: string, made: string[]): void {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  const parts: string[] = []
  for (let path = folder; path.length >= first.length; path = dirname(path)) parts.unshift(path)
  made.push(...parts)
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Somebody else has put something there: it stays.
  }
}

// Never through a link that somebody put there.
function writeBeside(path: string, text: string): void {
  const options = { mode: 0o644, flag: 'wx' } as const
  try {
    writeFileSync(path + suffixes.new, text, options)
  } catch {
    rmSync(path + suffixes.new, { force: true })
    writeFileSync(path + suffixes.new, text, options)
  }
}

// A link beside it keeps a file without a moment in which its place is empty.
function keep(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return false
  if (stats.isDirectory()) throw new Error(`${path} is a folder, and a file belongs there`)
  rmSync(path + suffixes.old, { force: true })
  try {
    linkSync(path, path + suffixes.old)
  } catch {
    renameSync(path, path + suffixes.old)
  }
  return true
}

function putBack(path: string): void {
  const old = path + suffixes.old
  if (lstatSync(old, { throwIfNoEntry: false }) === undefined) rmSync(path, { force: true })
  else renameSync(old, path)
  // Renaming one name of a file to another name of the same file does nothing.
  rmSync(old, { force: true })
}
