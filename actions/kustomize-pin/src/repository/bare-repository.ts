import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import type { Git, LocalOptions } from './git.ts'

const retryable: ReadonlySet<string> = new Set(['GIT_SERVER_FAILED', 'CONNECTION_FAILED'])
const fetchTries = 4
// Nothing depends on the diff, and the commit has landed by then.
const diffMs = 10_000

const configuration = '[core]\n\trepositoryformatversion = 0\n\tbare = true\n'

// The last word on attributes is this file's: no conversion of line ends, no filter, no substitution.
const attributes = '* -text -ident -filter -working-tree-encoding !eol\n'

/** Which objects of the fetched commits are wanted. */
export interface FetchScope {
  readonly depth: number
  /** `blob:limit=<bytes>` or `tree:0`; servers that cannot filter send everything. */
  readonly filter: string
}

/** A bare repository of this step, in its own folder. Nothing is ever checked out by git into a work tree. */
export class BareRepository {
  readonly directory: string
  readonly #git: Git
  #reached = false

  private constructor(git: Git, directory: string) {
    this.#git = git
    this.directory = directory
  }

  /** Lays an empty repository out, as `git init` would; there is no template and no default branch. */
  static create(git: Git, directory: string): BareRepository {
    for (const name of ['objects', 'refs', 'info']) {
      mkdirSync(join(directory, name), { recursive: true, mode: 0o700 })
    }
    writeFileSync(join(directory, 'HEAD'), 'ref: refs/heads/none\n')
    writeFileSync(join(directory, 'info', 'attributes'), attributes)
    const repository = new BareRepository(git, directory)
    repository.#resetConfiguration()
    return repository
  }

  /**
   * Runs a local command in the repository; returns its stdout.
   *
   * @throws KnownError GIT_FAILED
   */
  local(args: readonly string[], options: LocalOptions = {}): Promise<string> {
    return this.#git.local([`--git-dir=${this.directory}`, ...args], options)
  }

  /** Like local, for a question whose failure is an answer. */
  async exitCode(args: readonly string[], options: LocalOptions): Promise<number | undefined> {
    return (await this.#git.ask([`--git-dir=${this.directory}`, ...args], options)).exitCode
  }

  /**
   * Fetches the tip of a branch; returns its commit. Reading is safe to repeat, so an overloaded server
   * gets a few tries.
   *
   * @throws KnownError of the GIT_, TLS_ and connection codes
   */
  async fetchTip(branch: string, { depth, filter }: FetchScope): Promise<string> {
    const scope = [`--depth=${depth}`, `--filter=${filter}`, '--no-tags', '--no-write-fetch-head']
    const refs = ['--', this.#git.remote.url, `+refs/heads/${branch}:refs/pin/tip`]
    await this.#fetch(['fetch', '--quiet', '--force', ...scope, ...refs])
    return readFileSync(join(this.directory, 'refs', 'pin', 'tip'), 'utf8').trim()
  }

  /**
   * Fetches the history that leads to these commits, without content.
   *
   * @param checkout what lends its objects, and the commit in it of which the server may take all history for known
   *
   * @throws KnownError of the GIT_, TLS_ and connection codes
   */
  async fetchHistory(
    commits: readonly string[],
    checkout?: { readonly known: string; readonly env: Readonly<Record<string, string>> },
  ): Promise<void> {
    const known = checkout === undefined ? [] : [`--negotiation-tip=${checkout.known}`]
    const scope = ['--filter=tree:0', '--no-tags', '--no-write-fetch-head', ...known]
    const wanted = commits.map((commit, index) => `+${commit}:refs/pin/source-${index}`)
    const refs = ['--', this.#git.remote.url, ...wanted]
    // A commit asked for by its name from a page that answers 200 would make git ask for ever, each time by
    // another child of itself (seen with 2.39).
    const listed = await this.#fetch(['ls-remote', '--heads', '--', this.#git.remote.url])
    if (listed.trim() === '') throw this.#listsNothing()
    await this.#fetch(['fetch', '--quiet', ...scope, ...refs], checkout?.env)
  }

  /** What a commit changes, as a unified diff, after the deadline of the step too; undefined where git cannot tell. */
  async tryDiff(from: string, to: string): Promise<string | undefined> {
    const flags = ['-p', '--no-color', '--no-ext-diff', '--no-textconv']
    const args = [`--git-dir=${this.directory}`, 'diff-tree', ...flags, from, to]
    const { exitCode, stdout } = await this.#git.ask(args, { timeoutMs: diffMs })
    return exitCode === 0 ? stdout : undefined
  }

  /**
   * Pushes with the remote's credentials; the caller reads the result. The hooks of a server may take long and say nothing
   * meanwhile.
   */
  push(args: readonly string[]): ReturnType<Git['online']> {
    const push = [`--git-dir=${this.directory}`, 'push', ...args]
    return this.#git.online(push, { patience: 'long' })
  }

  /** Returns its stdout. */
  async #fetch(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const result = await this.#git.online([`--git-dir=${this.directory}`, ...args], { env })
      this.#resetConfiguration()
      if (result.exitCode === 0) {
        this.#reached = true
        return result.stdout
      }
      const error = this.#git.explain(result)
      if (error.code === 'GIT_BRANCH_MISSING') throw await this.#branchOrRepository(error)
      if (attempt === fetchTries || !this.#isRetryable(error)) throw named(error, this.#git)
      log.info(`The git server failed (${error.code}); attempt ${attempt + 1} follows.`)
      await sleep(500 * 2 ** attempt * (0.5 + Math.random()))
    }
  }

  // A server that was there a moment ago is restarted.
  #isRetryable({ code }: KnownError): boolean {
    return retryable.has(code) || (this.#reached && code === 'CONNECTION_REFUSED')
  }

  // To git, any page that answers 200 is a repository without branches.
  async #branchOrRepository(error: KnownError): Promise<KnownError> {
    const { stdout } = await this.#git.online(['ls-remote', '--heads', '--', this.#git.remote.url])
    if (stdout.trim() !== '') return named(error, this.#git)
    return this.#listsNothing(error)
  }

  #listsNothing(cause?: KnownError): KnownError {
    const message = 'the server lists no branch at all: an empty repository, or a page in between'
    return named(new KnownError('GIT_REPOSITORY_MISSING', message, { cause }), this.#git)
  }

  // A filtered fetch leaves a promisor remote behind, from which git would silently load what we left out.
  #resetConfiguration(): void {
    writeFileSync(join(this.directory, 'config'), configuration)
  }
}

function named(error: KnownError, { remote }: Git): KnownError {
  return new KnownError(error.code, `${remote.url}: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  })
}
