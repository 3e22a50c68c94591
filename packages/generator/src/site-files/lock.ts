import { createHash } from 'node:crypto'
import { KnownError, messageOf } from '@tierseal/errors'
import type { RenderedFile } from '../render.ts'

/** Beside tiers.yaml: what the last generate wrote. */
export const lockName = 'tierseal.lock.json'

/** What was last written, by path: tells a hand edit from a site that moved on. */
export interface Lock {
  readonly generator: string
  readonly files: ReadonlyMap<string, string>
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export function lockOf(generator: string, files: readonly RenderedFile[]): Lock {
  return { generator, files: new Map(files.map(({ path, text }) => [path, hashOf(text)])) }
}

/** Sorted and one line per file, so that two branches merge. */
export function lockText({ generator, files }: Lock): string {
  const sorted = [...files].sort(([left], [right]) => (left < right ? -1 : 1))
  return `${JSON.stringify({ generator, files: Object.fromEntries(sorted) }, undefined, 2)}\n`
}

/** @throws KnownError LOCK_INVALID */
export function parseLock(text: string): Lock {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isRecord(parsed) || !isRecord(parsed['files'])) throw new Error('it lists no files')
    const files = Object.entries(parsed['files']).map(
      ([path, hash]) => [path, String(hash)] as const,
    )
    return { generator: String(parsed['generator']), files: new Map(files) }
  } catch (error) {
    throw new KnownError('LOCK_INVALID', `${lockName}: ${messageOf(error)}`, {
      hint: `Restore it from git, or remove it and run tierseal generate --force.`,
      cause: error,
    })
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
