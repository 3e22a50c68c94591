import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { KnownError } from '@tierseal/errors'
import type { BareRepository } from '../repository/bare-repository.ts'

/** How the commit of this build stands to another one of the same source. */
export type Relation = 'same' | 'newer' | 'older' | 'diverged' | 'unknown'

/** A relation, and where it is unknown because the forge could not be asked, why. */
export interface Related {
  readonly relation: Relation
  readonly failure?: KnownError | undefined
}

export interface SourceHistoryOptions {
  /** A repository of the step's own; it knows the source's address where `mayFetch`. */
  readonly repository: BareRepository
  readonly checkout: string | undefined
  readonly mayFetch: boolean
}

/**
 * The history of the source, read from a checkout of it, and from the forge where that is older than what
 * is deployed. Only the checkout's objects are read, through a repository of our own: its configuration
 * could name programs, and an earlier step could have written it.
 */
export class SourceHistory {
  readonly #options: SourceHistoryOptions
  readonly #objects: string | undefined
  readonly #isShallow: boolean
  #failure: KnownError | undefined

  constructor(options: SourceHistoryOptions) {
    this.#options = options
    const { checkout } = options
    this.#objects = checkout === undefined ? undefined : objectsOf(checkout)
    this.#isShallow = checkout !== undefined && existsSync(join(checkout, '.git', 'shallow'))
  }

  /** Whether there is a checkout to read at all. */
  get present(): boolean {
    return this.#objects !== undefined
  }

  /**
   * How `ours` stands to `theirs`; unknown where a commit on the way cannot be had. A forge that failed once
   * is not asked again.
   */
  async relate(ours: string, theirs: string): Promise<Related> {
    if (ours === theirs) return { relation: 'same' }
    const relation = await this.#compare(ours, theirs)
    if (relation !== 'unknown' || !this.#options.mayFetch) return { relation }
    this.#failure ??= await this.#fetch(ours, theirs)
    if (this.#failure !== undefined) return { relation, failure: this.#failure }
    return { relation: await this.#compare(ours, theirs) }
  }

  async #compare(ours: string, theirs: string): Promise<Relation> {
    const older = await this.#isAncestor(ours, theirs)
    if (older === true) return 'older'
    const newer = await this.#isAncestor(theirs, ours)
    if (newer === true) return 'newer'
    return older === false && newer === false ? 'diverged' : 'unknown'
  }

  async #fetch(ours: string, theirs: string): Promise<KnownError | undefined> {
    try {
      const { repository } = this.#options
      if (await this.#isWhole(ours)) {
        await repository.fetchHistory([theirs], { known: ours, env: this.#environment() })
      } else {
        await repository.fetchHistory([theirs, ours])
      }
      return undefined
    } catch (error) {
      if (error instanceof KnownError) return error
      throw error
    }
  }

  // A server believes whoever names a commit to have all that leads to it, and sends nothing of that.
  async #isWhole(ours: string): Promise<boolean> {
    if (this.#isShallow) return false
    const question = ['cat-file', '-e', `${ours}^{commit}`]
    const env = this.#environment()
    return (await this.#options.repository.exitCode(question, { env })) === 0
  }

  #environment(): Record<string, string> {
    return this.#objects === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: this.#objects }
  }

  // Where the checkout is shallow, a parent is missing and git fails instead of answering.
  async #isAncestor(ancestor: string, descendant: string): Promise<boolean | undefined> {
    const question = [
      'merge-base',
      '--is-ancestor',
      `${ancestor}^{commit}`,
      `${descendant}^{commit}`,
    ]
    const exitCode = await this.#options.repository.exitCode(question, { env: this.#environment() })
    if (exitCode === 0) return true
    return exitCode === 1 ? false : undefined
  }
}

function objectsOf(checkout: string): string | undefined {
  const path = join(checkout, '.git', 'objects')
  // Git reads the variable as a list with colons.
  if (path.includes(':')) return undefined
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : undefined
}
