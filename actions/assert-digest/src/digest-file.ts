import { readFileSync, type Stats, statSync } from 'node:fs'
import { log } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'

// File systems keep times with up to two seconds of grain.
const grainMs = 2000

// The digest has 71 bytes; anything much longer is not a digest file.
const maxBytes = 4096

/** What the digest file must not be older than. */
export type NewerThan = Bound | 'job' | 'any'

interface Bound {
  readonly name: string
  readonly atMs: number
}

/**
 * Reads `job`, `any`, a date and time, or the path of a file.
 *
 * @throws Error where it is none of these
 */
export function parseNewerThan(text: string): NewerThan {
  if (text === 'any' || text === 'job') return text
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text)) {
    const atMs = Date.parse(text)
    if (!Number.isNaN(atMs)) return { name: 'newer-than', atMs }
  }
  const stats = statSync(text, { throwIfNoEntry: false })
  if (stats !== undefined) return { name: `file ${text}`, atMs: stats.mtimeMs }
  throw new KnownError(
    'INPUT_INVALID',
    `${JSON.stringify(text)} is neither job, any, a date and time nor a file`,
    { hint: 'Write a time with its zone, such as 2026-11-23T13:00:00Z.' },
  )
}

/**
 * The whole text of the digest file, untrimmed.
 *
 * @throws KnownError DIGEST_FILE_MISSING, DIGEST_FILE_UNREADABLE, DIGEST_STALE
 */
export function readDigestFile(path: string, newerThan: NewerThan): string {
  const stats = demandFile(path)
  const bound = newerThan === 'job' ? startOfJob() : newerThan === 'any' ? undefined : newerThan
  if (bound !== undefined && stats.mtimeMs + grainMs < bound.atMs) {
    throw new KnownError(
      'DIGEST_STALE',
      `digest file ${path} was last written at ${stats.mtime.toISOString()}, before ${bound.name} at ${new Date(bound.atMs).toISOString()}`,
      { hint: 'An earlier build left it behind: look at whether this build really ended.' },
    )
  }
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, messageOf(error), error)
  }
}

function demandFile(path: string): Stats {
  const stats = tryStat(path)
  if (stats === undefined) {
    throw new KnownError('DIGEST_FILE_MISSING', `digest file ${path} does not exist`, {
      hint: 'Compare digest-file with that of the build step, and look at whether that step ended.',
    })
  }
  if (!stats.isFile()) throw unreadable(path, 'it is not a file')
  if (stats.size > maxBytes) throw unreadable(path, `it has ${stats.size} bytes instead of 71`)
  return stats
}

function tryStat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw unreadable(path, messageOf(error), error)
  }
}

// The runner writes the event file once, when the job starts.
function startOfJob(): Bound | undefined {
  const path = process.env['GITHUB_EVENT_PATH']
  const stats = path === undefined || path === '' ? undefined : tryStat(path)
  if (stats !== undefined) return { name: 'the start of this job', atMs: stats.mtimeMs }
  log.warning('newer-than: job is not checked, since this runner has no event file to tell by.')
  return undefined
}

function unreadable(path: string, flaw: string, cause?: unknown): KnownError {
  return new KnownError('DIGEST_FILE_UNREADABLE', `digest file ${path}: ${flaw}`, { cause })
}
