import { pushFiles } from './forge.ts'
import { startRunner, stopRunner } from './runner.ts'
import { type Run, waitForRun } from './runs.ts'
import { serviceFiles, serviceRepository } from './service.ts'
import type { LabSite } from './site.ts'

/** What became of a push: the job's end, what its runner logged, and how long it took. */
export interface JobEnd extends Run {
  readonly log: string
  readonly seconds: number
}

/** Pushes a change of the service and runs its job, in a runner of its own, to the end. */
export async function runJob(
  site: LabSite,
  note: string,
  edit: (files: Record<string, string>) => Record<string, string> = (files) => files,
): Promise<JobEnd> {
  await startRunner(site.state, 'dev')
  const files = edit(serviceFiles(`${note} ${Date.now()}`))
  const begin = performance.now()
  try {
    const commit = await pushFiles(site.state, serviceRepository, 'develop', files)
    const run = await waitForRun(site.state, serviceRepository, commit, 'dev')
    return { ...run, seconds: (performance.now() - begin) / 1000 }
  } finally {
    await stopRunner(site.state, 'dev')
  }
}
