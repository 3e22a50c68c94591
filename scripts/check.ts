// Everything about the source that needs no run: format and lint, types, dead code.
import { exitCodeOf, holdSignals } from '@tierseal/test-kit'
import { runStep } from './run-step.ts'

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['biome', ['ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']],
  ['tsc', ['-p', 'tsconfig.json']],
  ['knip', ['--treat-config-hints-as-errors']],
]
const signals = holdSignals()
const failed: string[] = []
for (const [program, args] of steps) {
  console.error(`check: ${program} ${args.join(' ')}`)
  const exitCode = await runStep(program, args)
  if (signals.first !== undefined) process.exit(exitCodeOf(signals.first))
  if (exitCode !== 0) failed.push(program)
}
for (const program of failed) console.error(`check: ${program} found something`)
process.exitCode = failed.length === 0 ? 0 : 1
