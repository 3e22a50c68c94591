// Everything about the source that needs no run: format and lint, types, dead code.
import { exitCodeOf, holdSignals } from '@tierseal/test-kit'
import { runScript } from './command-line.ts'
import { runStep } from './run-step.ts'

const usage = `Usage: npm run check

Format and lint (biome), types (tsc), dead exports and dependencies (knip): each runs to its end, whatever another found.
npm run format mends what biome can mend. Ends with 0 where nothing was found, with 1 where something was.`

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['biome', ['ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']],
  ['tsc', ['-p', 'tsconfig.json']],
  ['knip', ['--treat-config-hints-as-errors']],
]

await runScript({ name: 'check', usage, config: {} }, async () => {
  const signals = holdSignals()
  const failed: string[] = []
  for (const [program, args] of steps) {
    console.error(`check: ${program} ${args.join(' ')}`)
    const exitCode = await runStep(program, args)
    if (signals.first !== undefined) process.exit(exitCodeOf(signals.first))
    if (exitCode !== 0) failed.push(program)
  }
  for (const program of failed) console.error(`check: ${program} found something`)
  return failed.length === 0 ? 0 : 1
})
