// Everything about the source that needs no run: format and lint, types, dead code.
import { runStep } from './run-step.ts'

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['biome', ['ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']],
  ['tsc', ['-p', 'tsconfig.json']],
  ['knip', ['--treat-config-hints-as-errors']],
]
const failed = steps.filter(([program, args]) => {
  console.error(`check: ${program} ${args.join(' ')}`)
  return !runStep(program, args)
})
for (const [program] of failed) console.error(`check: ${program} found something`)
process.exitCode = failed.length === 0 ? 0 : 1
