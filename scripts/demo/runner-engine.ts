import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { killGroup } from '@tierseal/test-kit'

/** One step of a job as the engine reported it. */
export interface StepRun {
  readonly name: string
  readonly result: 'success' | 'failure' | 'skipped'
  readonly milliseconds: number
  /** The step's own lines, as a runner shows them. */
  readonly log: readonly string[]
}

/** A job that ran in Gitea's runner engine. */
export interface JobRun {
  readonly succeeded: boolean
  readonly steps: readonly StepRun[]
}

export interface JobOptions {
  /** The engine of act_runner, in host mode: no container, no daemon. */
  readonly enginePath: string
  /** The checkout whose workflow runs. */
  readonly repository: string
  readonly workflow: string
  readonly runnerLabel: string
  /** `owner/name@ref` to the folder that stands for it. */
  readonly actionRepositories: Readonly<Record<string, string>>
  readonly secretFile: string
  readonly cacheDirectory: string
  /** Gets every line that the engine prints, its debug lines too. */
  readonly transcript: string
  readonly env: Readonly<Record<string, string>>
  readonly onStep?: (step: StepRun) => void
}

interface EngineLine {
  readonly msg?: string
  readonly raw_output?: boolean
  readonly stage?: string
  readonly step?: string
  readonly stepResult?: StepRun['result']
}

/** Runs one workflow for a push event in the engine and follows its steps. */
export function runJob(options: JobOptions): Promise<JobRun> {
  const steps: StepRun[] = []
  const logs = new Map<string, string[]>()
  const child = spawn(options.enginePath, engineArguments(options), {
    cwd: options.repository,
    // Else the engine asks its maker on the internet whether it is still new.
    env: { ...options.env, ACT_DISABLE_VERSION_CHECK: '1' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const killAtExit = (): void => killGroup(child)
  process.prependOnceListener('exit', killAtExit)
  let stepStartedAt = Date.now()
  const read = (text: string): void => {
    appendFileSync(options.transcript, `${text}\n`)
    const line = parseLine(text)
    if (line?.stage !== 'Main' || line.step === undefined) return
    const log = logs.get(line.step) ?? []
    logs.set(line.step, log)
    if (line.raw_output === true) log.push(...(line.msg ?? '').trimEnd().split('\n'))
    if (line.stepResult === undefined) return
    const step = {
      name: line.step,
      result: line.stepResult,
      milliseconds: Date.now() - stepStartedAt,
      log,
    }
    stepStartedAt = Date.now()
    steps.push(step)
    options.onStep?.(step)
  }
  createInterface({ input: child.stdout }).on('line', read)
  createInterface({ input: child.stderr }).on('line', read)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      process.off('exit', killAtExit)
      resolve({ succeeded: code === 0, steps })
    })
  })
}

function engineArguments(options: JobOptions): readonly string[] {
  const repositories = Object.entries(options.actionRepositories).flatMap(([reference, folder]) => [
    '--local-repository',
    `${reference}=${folder}`,
  ])
  return [
    'push',
    '--json',
    '--no-cache-server',
    '--workflows',
    options.workflow,
    '--platform',
    `${options.runnerLabel}=-self-hosted`,
    '--secret-file',
    options.secretFile,
    '--action-cache-path',
    options.cacheDirectory,
    ...repositories,
  ]
}

function parseLine(text: string): EngineLine | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
