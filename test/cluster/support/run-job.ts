import { pushFiles } from './forge.ts'
import { type RunnerOptions, startRunner, stopRunner } from './runner.ts'
import { type Run, runAgain, waitForRun } from './runs.ts'
import { deployWorkflow, serviceFiles, serviceRepository } from './service.ts'
import type { LabSite } from './site.ts'

/** What became of a push: the job's end, what its runner logged, and how long it took. */
export interface JobEnd extends Run {
  readonly log: string
  readonly seconds: number
}

/** What is different about a job. */
export interface JobOptions extends RunnerOptions {
  /** Changes the generated workflow, as somebody with push rights can. */
  readonly edit?: (workflow: string) => string
  /** Other files of the service, in the place of the usual ones. */
  readonly files?: Readonly<Record<string, string>>
}

/** Pushes a change of the service and runs its job, in a runner of its own, to the end. */
export async function runJob(
  site: LabSite,
  note: string,
  { edit = (workflow) => workflow, files: changes = {}, ...runner }: JobOptions = {},
): Promise<JobEnd> {
  const files = { ...serviceFiles(`${note} ${Date.now()}`), ...changes }
  files[deployWorkflow] = edit(files[deployWorkflow] ?? '')
  return timed(site, runner, async () => {
    const commit = await pushFiles(site.state, serviceRepository, 'develop', files)
    return waitForRun(site.state, serviceRepository, commit, 'dev')
  })
}

/** Has the forge run a job again that ended, and waits for the end of the new attempt. */
export function runJobAgain(site: LabSite, job: JobEnd): Promise<JobEnd> {
  return timed(site, {}, () => runAgain(site.state, serviceRepository, job.sha, 'dev'))
}

async function timed(
  { state }: LabSite,
  runner: RunnerOptions,
  run: () => Promise<Omit<JobEnd, 'seconds'>>,
): Promise<JobEnd> {
  await startRunner(state, 'dev', runner)
  const begin = performance.now()
  try {
    return { ...(await run()), seconds: (performance.now() - begin) / 1000 }
  } finally {
    await stopRunner(state, 'dev')
  }
}
