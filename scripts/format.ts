import { runScript } from './command-line.ts'
import { runStep } from './run-step.ts'

const usage = `Usage: npm run format

Writes every file of the tree as biome formats it, with the lint findings mended that are safe to mend.`

await runScript({ name: 'format', usage, config: {} }, () =>
  runStep('biome', ['check', '--write', '.']),
)
