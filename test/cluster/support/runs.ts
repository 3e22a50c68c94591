import { type LabState, lastWords, waitUntil } from '@tierseal/test-kit/lab'
import { gitea } from './forge.ts'

/** One job of a workflow, as Gitea shows it. */
export interface Run {
  readonly id: number
  readonly status: string
  readonly sha: string
}

/** Waits until the job that a push triggered has ended; gives it with what its runner logged. */
export async function waitForRun(
  state: LabState,
  repository: string,
  sha: string,
  tier: string,
  timeoutMs = 300_000,
): Promise<Run & { readonly log: string }> {
  const run = await waitUntil(
    `the job of ${repository} ${sha.slice(0, 8)} to end`,
    async () => {
      const runs = await runsOf(state, repository)
      return runs.find((candidate) => candidate.sha === sha && isEnd(candidate.status))
    },
    { timeoutMs, everyMs: 500 },
  )
  return { ...run, log: logSince(tier, sha) }
}

/** Runs the jobs of a commit again, as a person does from Gitea's pages, and waits for the end as above. */
export async function runAgain(
  state: LabState,
  repository: string,
  sha: string,
  tier: string,
): Promise<Run & { readonly log: string }> {
  const known = (await runsOf(state, repository)).map(({ id }) => id)
  const [run] = await listed(state, `repos/${repository}/actions/runs?head_sha=${sha}`)
  await gitea(state, 'POST', `repos/${repository}/actions/runs/${run?.id}/rerun`)
  const ended = await waitUntil(
    `the job of ${repository} ${sha.slice(0, 8)} to end again`,
    async () => {
      const runs = await runsOf(state, repository)
      return runs.find(
        ({ id, status, ...one }) => one.sha === sha && !known.includes(id) && isEnd(status),
      )
    },
    { timeoutMs: 300_000, everyMs: 500 },
  )
  return { ...ended, log: logSince(tier, sha) }
}

/** Every job of a repository, newest first. */
function runsOf(state: LabState, repository: string): Promise<readonly Run[]> {
  return listed(state, `repos/${repository}/actions/tasks`)
}

async function listed(state: LabState, path: string): Promise<readonly Run[]> {
  const answer = await gitea(state, 'GET', path)
  if (typeof answer !== 'object' || answer === null || !('workflow_runs' in answer)) return []
  const { workflow_runs: runs } = answer
  return Array.isArray(runs) ? runs.flatMap(toRun) : []
}

function toRun(value: unknown): Run[] {
  if (typeof value !== 'object' || value === null) return []
  const fields = new Map(Object.entries(value))
  const [id, status, sha] = [fields.get('id'), fields.get('status'), fields.get('head_sha')]
  const known = typeof id === 'number' && typeof status === 'string' && typeof sha === 'string'
  return known ? [{ id, status, sha }] : []
}

function isEnd(status: string): boolean {
  return ['success', 'failure', 'cancelled', 'skipped'].includes(status)
}

// The runner's log holds every job; the checkout names the commit.
function logSince(tier: string, sha: string): string {
  const log = lastWords(`runner-${tier}`, 2000)
  const start = log.indexOf(sha)
  return start === -1 ? log : log.slice(start)
}
