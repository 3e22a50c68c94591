import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { labPath } from '@tierseal/test-kit/lab'

const records = labPath('runner', 'own-time.jsonl')
const recorder = labPath('runner', 'own-time.cjs')

// Loaded into every node process of a step. resourceUsage() is of the process itself: a child has its own.
const script = `process.once('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  const record = { program: process.argv[1], cpuMs: (userCPUTime + systemCPUTime) / 1000 }
  require('node:fs').appendFileSync(${JSON.stringify(records)}, JSON.stringify(record) + '\\n')
})
`

/** What a runner's environment needs so that each node process of a step records its own CPU time. */
export function recordOwnTime(): Readonly<Record<string, string>> {
  mkdirSync(labPath('runner'), { recursive: true })
  writeFileSync(recorder, script)
  return { NODE_OPTIONS: `--require=${recorder}` }
}

/** Forgets what was recorded. */
export function forgetOwnTime(): void {
  rmSync(records, { force: true })
}

/** What our processes used since then. */
export interface OwnTime {
  /** Processes of actions, main and post. */
  readonly processes: number
  /** Their CPU time in milliseconds, without the tools that they run and what they wait for, which takes none. */
  readonly cpuMs: number
}

/** @throws Error where no process of an action was recorded */
export function readOwnTime(): OwnTime {
  const lines = existsSync(records) ? readFileSync(records, 'utf8').trim().split('\n') : []
  const ours = lines
    .map((line): { program: string; cpuMs: number } => JSON.parse(line))
    .filter(({ program }) => program.includes('/dist/'))
  if (ours.length === 0) throw new Error('no process of an action was recorded')
  return { processes: ours.length, cpuMs: ours.reduce((sum, { cpuMs }) => sum + cpuMs, 0) }
}
