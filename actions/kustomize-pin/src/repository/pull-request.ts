import { createHash } from 'node:crypto'
import { log } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { type RecordedPin, subjectOf } from '../commit-message.ts'
import type { BareRepository } from './bare-repository.ts'
import type { Git } from './git.ts'
import { type PushOutcome, remoteWords, unclearOr } from './push.ts'

/** What became of a proposal. */
export interface Proposed {
  readonly outcome: PushOutcome
  /** Undefined where the server did not print one. */
  readonly url: string | undefined
}

/**
 * Opens a pull request by AGit, Gitea's way that needs git alone: no API token, no branch. The topic is
 * that of the pins, so a second run for the same digests finds its own pull request again and brings it up
 * to date; `force-push` there is about that topic and never about a branch. That makes it safe to propose
 * again after an answer that was lost: nothing but the same pull request can come of it.
 *
 * @throws KnownError PIN_PUSH_REFUSED; GIT_, TLS_ and connection codes
 */
export async function openPullRequest(
  git: Git,
  repository: BareRepository,
  proposal: {
    readonly commit: string
    readonly branch: string
    readonly pins: readonly RecordedPin[]
    readonly message: string
  },
): Promise<Proposed> {
  const { commit, branch, pins, message } = proposal
  const options = [
    `topic=${topicOf(pins)}`,
    `title=${subjectOf(pins)}`,
    `description={base64}${Buffer.from(message).toString('base64')}`,
    'force-push=true',
  ].flatMap((option) => ['-o', option])
  const args = ['--porcelain', '--no-verify', '--no-signed', ...options, '--', git.remote.url]
  const result = await repository.push([...args, `${commit}:refs/for/${branch}`])
  if (isSameCommit(result.stderr + result.stdout)) {
    return { outcome: { kind: 'known' }, url: undefined }
  }
  if (result.exitCode !== 0) {
    return { outcome: unclearOr(refusedOr(git, result, branch)), url: undefined }
  }
  const url = urlIn(result.stderr)
  log.info(url === undefined ? 'The server named no pull request.' : `Pull request: ${url}`)
  return { outcome: { kind: 'landed' }, url }
}

/** Stable for the same pins, different for any other digest. */
function topicOf(pins: readonly RecordedPin[]): string {
  const text = pins.map(({ overlay, image, digest }) => `${overlay} ${image}@${digest}`)
  const hash = createHash('sha256')
    .update([...text].sort().join('\n'))
    .digest('hex')
    .slice(0, 12)
  const [first] = pins
  const name = first?.image.slice(first.image.lastIndexOf('/') + 1) ?? ''
  return `pin-${name}-${hash}`
}

function isSameCommit(text: string): boolean {
  return /new commit is same with old commit/.test(text)
}

function refusedOr(
  git: Git,
  result: Awaited<ReturnType<Git['online']>>,
  branch: string,
): KnownError {
  const refusal = /^!\t[^\t]*\t\[(?:remote )?rejected\] \((.*)\)$/m.exec(result.stdout)?.[1]
  if (refusal === undefined) return git.explain(result)
  return new KnownError(
    'PIN_PUSH_REFUSED',
    `the server refuses a pull request for ${branch}: ${refusal}${remoteWords(result.stderr)}`,
    { hint: 'Mode pull-request needs a server with AGit (Gitea); the bot must be able to read.' },
  )
}

/** The address of a pull request, where the server prints one. */
export function urlIn(stderr: string): string | undefined {
  const words = stderr.split('\n').flatMap((line) => {
    return line.startsWith('remote:') ? line.split(/\s+/) : []
  })
  // Each word is looked at once: how long its line is, the server decides.
  const url = words.map((word) => word.slice(Math.max(0, word.search(/https?:\/\//))))
  return url.flatMap((word) => /^https?:\/\/\S+\/pulls\/\d+/.exec(word) ?? [])[0]
}
