import { redact } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import type { BareRepository } from './bare-repository.ts'
import type { Git } from './git.ts'

/**
 * `lost`: another writer was faster. `known`: a pull request of this very commit is there, and the server does not name
 * it. `unclear`: no answer arrived of which one knows whether the push was taken; `failure` is what came instead.
 */
export type PushOutcome =
  | { readonly kind: 'landed' | 'lost' | 'known' }
  | { readonly kind: 'unclear'; readonly failure: KnownError }

// A plain push names the commit that it replaces: the server's own compare-and-swap. These are its ways to
// say that the branch moved, or that another push held its lock (facts: gitops.md A5).
const racePattern =
  /\((?:fetch first|non-fast-forward|stale info|failed to update ref|failed to lock|incorrect old value provided|remote ref updated since checkout|cannot lock ref .*)\)/
const refusalPattern = /^!\t[^\t]*\t\[(?:remote )?rejected\] \((.*)\)$/m

const uncertain: ReadonlySet<string> = new Set([
  'DEADLINE_EXCEEDED',
  'GIT_SERVER_FAILED',
  'CONNECTION_FAILED',
  'CONNECTION_REFUSED',
])

/**
 * Offers a commit as the new tip of the branch. Never forced.
 *
 * @throws KnownError PIN_PUSH_REFUSED for a rule of the server; GIT_, TLS_ and connection codes
 */
export async function pushToBranch(
  git: Git,
  repository: BareRepository,
  commit: string,
  branch: string,
): Promise<PushOutcome> {
  const args = ['--porcelain', '--no-verify', '--no-signed', '--', git.remote.url]
  const result = await repository.push([...args, `${commit}:refs/heads/${branch}`])
  if (result.exitCode === 0) return { kind: 'landed' }
  if (racePattern.test(result.stdout)) return { kind: 'lost' }
  const refusal = refusalPattern.exec(result.stdout)?.[1]
  if (refusal !== undefined) throw refused(branch, refusal, result.stderr)
  return unclearOr(git.explain(result))
}

/** A failure after which nobody knows whether the push was taken; any other is thrown. */
export function unclearOr(failure: KnownError): PushOutcome {
  if (uncertain.has(failure.code)) return { kind: 'unclear', failure }
  throw failure
}

function refused(branch: string, reason: string, stderr: string): KnownError {
  return new KnownError(
    'PIN_PUSH_REFUSED',
    `the server refuses a push to ${branch}: ${reason}${remoteWords(stderr)}`,
    { hint: 'Let the bot user push to the branch, or use mode: pull-request.' },
  )
}

/** What the server's hooks printed, for a message. */
export function remoteWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^remote: *\S/.test(line))
  return lines
    .slice(0, 8)
    .map((line) => `\n  ${redact(line).trim().slice(0, 300)}`)
    .join('')
}
