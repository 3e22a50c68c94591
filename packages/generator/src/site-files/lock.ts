import { createHash } from 'node:crypto'
import { KnownError, messageOf } from '@tierseal/errors'
import { isRecord } from '@tierseal/json'
import type { RenderedFile } from '../render.ts'

/** Beside tiers.yaml: what the last generate wrote. */
export const lockName = 'tierseal.lock.json'

/** What was last written, by path: tells a hand edit from a site that moved on. */
export interface Lock {
  readonly generator: string
  /** Whose files they are: the name of tiers.yaml, or of a service. */
  readonly of: string
  readonly files: ReadonlyMap<string, string>
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export function lockOf(generator: string, of: string, files: readonly RenderedFile[]): Lock {
  return { generator, of, files: new Map(files.map(({ path, text }) => [path, hashOf(text)])) }
}

/** Sorted and one line per file, so that two branches merge. */
export function lockText({ generator, of, files }: Lock): string {
  const sorted = [...files].sort(([left], [right]) => (left < right ? -1 : 1))
  return `${JSON.stringify({ generator, of, files: Object.fromEntries(sorted) }, undefined, 2)}\n`
}

/** @throws KnownError LOCK_INVALID for anything that generate would not have written */
export function parseLock(text: string): Lock {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isRecord(parsed) || !isRecord(parsed['files'])) throw new Error('it lists no files')
    const files = Object.entries(parsed['files']).map(
      ([path, hash]) => [path, String(hash)] as const,
    )
    const strange = files.filter(([path]) => !isGenerated(path)).map(([path]) => path)
    if (strange.length > 0) {
      throw new Error(`it lists what is never generated: ${strange.join(', ')}`)
    }
    const { generator, of } = parsed
    return {
      generator: String(generator),
      of: typeof of === 'string' ? of : 'tiers.yaml',
      files: new Map(files),
    }
  } catch (error) {
    throw new KnownError('LOCK_INVALID', `${lockName}: ${messageOf(error)}`, {
      hint: `Restore it from git, or remove it and run tierseal generate --force.`,
      cause: error,
    })
  }
}

const places =
  /^(?:platform\/.+|(?:.+\/)?\.(?:gitea|github)\/workflows\/deploy-[^/]+\.yaml|(?:.+\/)?\.github\/actionlint\.yaml|tiers\.schema\.json)$/

// Whoever can write the lock can have any file deleted that it may name.
function isGenerated(path: string): boolean {
  const parts = path.split('/')
  return (
    places.test(path) &&
    parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part) && !/^\.\.?$/.test(part))
  )
}
