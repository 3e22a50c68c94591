import { type LabState, lastWords, waitUntil } from '@tierseal/test-kit/lab'
import { gitea, giteaText } from './forge.ts'

/** One job of a workflow, as Gitea shows it. */
export interface Run {
  readonly id: number
  readonly status: string
  readonly sha: string
}

/**
 * Waits until the job that a push triggered has ended; gives it with what its runner logged.
 *
 * @param after the attempt before, where the job is run again
 */
export async function waitForRun(
  state: LabState,
  repository: string,
  sha: string,
  tier: string,
  after?: Run,
): Promise<Run & { readonly log: string }> {
  const isNew = ({ id }: Run): boolean => id > (after?.id ?? 0)
  const run = await waitUntil(
    `the job of ${repository} ${sha.slice(0, 8)} to end`,
    async () => {
      const runs = (await runsOf(state, repository)).filter(isNew)
      return runs.find((candidate) => candidate.sha === sha && isEnd(candidate.status))
    },
    { timeoutMs: 300_000, everyMs: 500 },
  )
  return { ...run, log: logSince(tier, sha, after) }
}

/** Runs the jobs of a commit again, as a person does from Gitea's pages, and waits for the end as above. */
export async function runAgain(
  state: LabState,
  repository: string,
  sha: string,
  tier: string,
): Promise<Run & { readonly log: string }> {
  const before = (await runsOf(state, repository)).find((run) => run.sha === sha)
  await gitea(state, 'POST', `${await runPath(state, repository, sha)}/rerun`)
  return waitForRun(state, repository, sha, tier, before)
}

/** The log of the job of a commit as Gitea keeps it: each line begins with the moment of it. */
export async function jobLog(state: LabState, repository: string, sha: string): Promise<string> {
  const jobs = await gitea(state, 'GET', `${await runPath(state, repository, sha)}/jobs`)
  const id = firstId(jobs, 'jobs')
  return giteaText(state, 'GET', `repos/${repository}/actions/jobs/${id}/logs`)
}

async function runPath(state: LabState, repository: string, sha: string): Promise<string> {
  const runs = `repos/${repository}/actions/runs`
  return `${runs}/${firstId(await gitea(state, 'GET', `${runs}?head_sha=${sha}`), 'workflow_runs')}`
}

function firstId(answer: unknown, list: string): string {
  const text = JSON.stringify(answer)
  const id = new RegExp(`"${list}":\\[\\{"id":(\\d+)`).exec(text)?.[1]
  if (id === undefined) throw new Error(`gitea gave no ${list}: ${text}`)
  return id
}

/** Every job of a repository, newest first. */
async function runsOf(state: LabState, repository: string): Promise<readonly Run[]> {
  const answer = await gitea(state, 'GET', `repos/${repository}/actions/tasks`)
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

// The runner's log holds every job; the checkout names the commit, and a line the end of each attempt.
function logSince(tier: string, sha: string, after?: Run): string {
  const log = lastWords(`runner-${tier}`, 2000)
  const from = after === undefined ? 0 : log.indexOf(`runner-engine: task ${after.id}:`)
  const start = log.indexOf(sha, from)
  return start === -1 ? log : log.slice(start)
}
