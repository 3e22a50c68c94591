import { existsSync, writeFileSync } from 'node:fs'
import { labPath, waitUntil } from '@tierseal/test-kit/lab'
import { type JobEnd, runJob } from './run-job.ts'
import type { LabSite } from './site.ts'

/**
 * Runs a job that stops before one of its steps until something was done: what happens then happens in mid-run,
 * at the same point every time. The generated workflow gets one step more, which waits; nothing else differs.
 *
 * @param step the name of the step, such as `4 sign`
 */
export async function runHeldJob(
  site: LabSite,
  note: string,
  step: string,
  act: () => Promise<void>,
): Promise<JobEnd> {
  const gate = labPath('runner', `gate-${Date.now()}`)
  const job = runJob(site, note, { edit: (workflow) => holdBefore(workflow, step, gate) })
  const held = waitUntil(`the job to come to ${step}`, async () => existsSync(`${gate}.reached`), {
    timeoutMs: 120_000,
  })
  held.catch(() => undefined)
  const first = await Promise.race([held, job])
  // A job that ended before the gate is told by its own log.
  if (first !== true) return first
  await act()
  writeFileSync(`${gate}.open`, '')
  return job
}

function holdBefore(workflow: string, step: string, gate: string): string {
  const line = `      - name: ${step}\n`
  if (!workflow.includes(line)) throw new Error(`the workflow has no step ${step}`)
  const wait = `touch ${gate}.reached; until [ -e ${gate}.open ]; do sleep 0.1; done`
  return workflow.replace(line, `      - name: hold\n        run: ${wait}\n${line}`)
}
