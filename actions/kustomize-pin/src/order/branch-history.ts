import type { BareRepository } from '../repository/bare-repository.ts'
import { findOrigins, type LoggedCommit, type RecordedOrigin } from './recorded-origin.ts'

// Commits without trees or files are some hundred bytes each; a pin older than this is treated as unknown.
const depths = [200, 5000] as const

/** The commits of the GitOps branch as it is now, fetched without their content, once, and only when somebody asks. */
export class BranchHistory {
  readonly #repository: BareRepository
  readonly #branch: string
  readonly #tips = new Map<number, Promise<string>>()

  constructor(repository: BareRepository, branch: string) {
    this.#repository = repository
    this.#branch = branch
  }

  /** Where the digest that now stands for the image comes from, by every commit that tells, the newest first. */
  async originsOf(image: string, digest: string): Promise<readonly RecordedOrigin[]> {
    for (const depth of depths) {
      const tip = await this.#fetch(depth)
      const origins = findOrigins(await this.#mentioning(tip, digest), image, digest)
      if (origins.length > 0) return origins
      if ((await this.#count(tip)) < depth) return []
    }
    return []
  }

  /** Whether a commit is on the branch, if it came there lately. */
  async holds(commit: string): Promise<boolean> {
    const question = ['merge-base', '--is-ancestor', commit, await this.#fetch(depths[0])]
    return (await this.#repository.exitCode(question, {})) === 0
  }

  #fetch(depth: number): Promise<string> {
    const known = this.#tips.get(depth)
    if (known !== undefined) return known
    const tip = this.#repository.fetchTip(this.#branch, { depth, filter: 'tree:0' })
    this.#tips.set(depth, tip)
    return tip
  }

  async #mentioning(tip: string, digest: string): Promise<readonly LoggedCommit[]> {
    const format = ['--format=%H%n%B', '-z', '--no-show-signature', '--max-count=100']
    const search = ['--fixed-strings', `--grep=Image-Digest: ${digest}`]
    const log = await this.#repository.local(['log', ...format, ...search, tip, '--'])
    return log
      .split('\0')
      .filter((text) => text !== '')
      .map((text) => {
        const lineEnd = text.indexOf('\n')
        return { commit: text.slice(0, lineEnd), message: text.slice(lineEnd + 1) }
      })
  }

  async #count(tip: string): Promise<number> {
    return Number(await this.#repository.local(['rev-list', '--count', tip, '--']))
  }
}
