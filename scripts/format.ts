import { runStep } from './run-step.ts'

process.exitCode = runStep('biome', ['check', '--write', '.']) ? 0 : 1
