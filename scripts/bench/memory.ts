import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type ActionOptions, runAction } from '@tierseal/test-kit'
import type { ActionName } from '../bundle.ts'
import { median } from './cpu-time.ts'
import type { Measurement } from './row.ts'

const rounds = 3
const report = `process.on('exit', () => console.error('\\nrss', process.resourceUsage().maxRSS))`
const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(report)}` }

/**
 * Peak memory of an action in runs that succeed, the programs that it drives apart, against node that does nothing.
 *
 * @param optionsOf what a round is given
 * @throws Error where a run fails, which would be measured up to there alone
 */
export async function measureMemory(
  name: ActionName,
  optionsOf: (round: string) => ActionOptions | Promise<ActionOptions>,
): Promise<Measurement> {
  const ratios: number[] = []
  for (let round = 0; round < rounds; round++) {
    const options = await optionsOf(`peak-${round}`)
    const { exitCode, stderr, log } = await runAction(name, {
      ...options,
      env: { ...options.env, ...env },
    })
    if (exitCode !== 0) throw new Error(`${name} failed: ${log.slice(-800)}`)
    ratios.push(peakOf(stderr) / (await peakOfBareNode()))
  }
  return { name: `peak memory of ${name}`, value: median(ratios), unit: 'x bare node' }
}

async function peakOfBareNode(): Promise<number> {
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', '0'], { env })
  return peakOf(stderr)
}

// The last is the action's own: what it started has ended before.
function peakOf(stderr: string): number {
  return Number([...stderr.matchAll(/^rss (\d+)$/gm)].at(-1)?.[1])
}
