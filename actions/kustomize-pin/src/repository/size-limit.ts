import { KnownError } from '@tierseal/errors'
import type { BareRepository } from './bare-repository.ts'
import type { TreeEntry } from './tree-listing.ts'

/** Far above any manifest; a server that can filter never sends more. */
export const maxFileBytes: number = 2 * 1024 * 1024
const maxTotalBytes = 64 * 1024 * 1024
const maxFiles = 20_000

/**
 * Refuses files that no overlay needs.
 *
 * @throws KnownError PIN_FILE_TOO_LARGE
 */
export async function demandModestSize(
  repository: BareRepository,
  files: readonly TreeEntry[],
): Promise<void> {
  if (files.length > maxFiles) throw tooLarge(`the overlay needs ${files.length} files`)
  const input = files.map(({ object }) => `${object}\n`).join('')
  const answer = await repository.local(['cat-file', '--batch-check=%(objectsize)'], { input })
  let total = 0
  for (const [index, line] of answer.trimEnd().split('\n').entries()) {
    // An object that the filter left out is reported as missing.
    const bytes = /^\d+$/.test(line) ? Number(line) : Number.POSITIVE_INFINITY
    if (files.length > 0 && bytes > maxFileBytes) {
      throw tooLarge(`${files[index]?.path} is over ${maxFileBytes / 1024 / 1024} MiB`)
    }
    total += bytes
  }
  if (files.length > 0 && total > maxTotalBytes) {
    throw tooLarge(`the files of the overlay are over ${maxTotalBytes / 1024 / 1024} MiB together`)
  }
}

function tooLarge(message: string): KnownError {
  return new KnownError('PIN_FILE_TOO_LARGE', message, {
    hint: 'Keep large files out of directories that Kustomize reads.',
  })
}
