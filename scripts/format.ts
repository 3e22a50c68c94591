import { runStep } from './run-step.ts'

process.exitCode = await runStep('biome', ['check', '--write', '.'])
