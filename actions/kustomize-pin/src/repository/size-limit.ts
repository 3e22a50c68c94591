import { KnownError } from '@tierseal/errors'
import type { BareRepository } from './bare-repository.ts'
import type { TreeEntry } from './tree-listing.ts'

/** Far above any manifest; a server that can filter never sends more. */
export const maxFileBytes: number = 2 * 1024 * 1024
const maxTotalBytes = 64 * 1024 * 1024
const maxFiles = 20_000

/** What all overlays of a snapshot may come to together. One small pack can name the same large file many times. */
export class SizeLimit {
  readonly #repository: BareRepository
  #files = 0
  #bytes = 0

  constructor(repository: BareRepository) {
    this.#repository = repository
  }

  /**
   * Refuses files that no overlay needs; counts those that it lets pass.
   *
   * @throws KnownError PIN_FILE_TOO_LARGE
   */
  async demandRoom(files: readonly TreeEntry[]): Promise<void> {
    this.#files += files.length
    if (this.#files > maxFiles) throw tooLarge(`the overlays need ${this.#files} files`)
    for (const [index, bytes] of (await this.#sizesOf(files)).entries()) {
      if (bytes > maxFileBytes) {
        throw tooLarge(`${files[index]?.path} is over ${maxFileBytes / 1024 / 1024} MiB`)
      }
      this.#bytes += bytes
    }
    if (this.#bytes <= maxTotalBytes) return
    const limit = `${maxTotalBytes / 1024 / 1024} MiB`
    throw tooLarge(`the files of the overlays are over ${limit} together`)
  }

  async #sizesOf(files: readonly TreeEntry[]): Promise<readonly number[]> {
    if (files.length === 0) return []
    const input = files.map(({ object }) => `${object}\n`).join('')
    const answer = await this.#repository.local(['cat-file', '--batch-check=%(objectsize)'], {
      input,
    })
    // An object that the filter left out is reported as missing.
    const lines = answer.trimEnd().split('\n')
    return lines.map((line) => (/^\d+$/.test(line) ? Number(line) : Number.POSITIVE_INFINITY))
  }
}

function tooLarge(message: string): KnownError {
  return new KnownError('PIN_FILE_TOO_LARGE', message, {
    hint: 'Keep large files out of directories that Kustomize reads.',
  })
}
