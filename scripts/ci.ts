// What .ci/run runs. Each step is an npm command that a person can run alone; a step that ends with a
// line "N passed, N failed" adds its counts, any other counts as one.
import { spawn } from 'node:child_process'
import { exitCodeOf, holdSignals, waitForChild } from '@tierseal/test-kit'
import { type Counts, countsOf, formatCounts, sum } from './ci/counts.ts'
import { problemsOf } from './ci/problems.ts'
import { root } from './root.ts'

const steps: ReadonlyArray<readonly [title: string, args: readonly string[]]> = [
  ['formatting, types, dead code', ['run', '--silent', 'check']],
  ['generated documents are current', ['run', '--silent', 'docs', '--', '--check']],
  ['the tests', ['test', '--silent']],
  ['bundles rebuild to the same bytes', ['run', '--silent', 'build', '--', '--verify']],
  ['the demo', ['run', '--silent', 'demo']],
  ['the whole chain on a cluster', ['run', '--silent', 'test:cluster']],
  [
    'the lab comes up, crashes, and leaves nothing',
    ['run', '--silent', 'test:cluster', '--', '--lifecycle'],
  ],
  // After the suite that has made the tools of the lab: some rows need them.
  ['the benchmarks run', ['run', '--silent', 'bench', '--', '--json']],
]

const signals = holdSignals()
const totals: Counts[] = []
const problems: string[] = []
for (const [title, args] of steps) {
  console.log(`\n=== ${title}: npm ${args.join(' ')}`)
  const startedAt = Date.now()
  const { exitCode, lastLines } = await run(args)
  if (signals.first !== undefined) process.exit(exitCodeOf(signals.first))
  const counts = countsOf(exitCode, lastLines)
  totals.push(counts)
  problems.push(...problemsOf(exitCode, lastLines).map((problem) => `${title}: ${problem}`))
  const took = Math.round((Date.now() - startedAt) / 1000)
  console.log(`=== ${title}: ${formatCounts(counts)}, ${took} s`)
}
// Who reads CI reads its end first.
for (const problem of problems) console.log(problem)
const total = sum(totals)
console.log(formatCounts(total))
process.exitCode = total.failed === 0 ? 0 : 1

async function run(
  args: readonly string[],
): Promise<{ readonly exitCode: number; readonly lastLines: string }> {
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let lastLines = ''
  const keep = (chunk: Buffer): void => {
    lastLines = (lastLines + chunk.toString()).slice(-20_000)
  }
  child.stdout.on('data', keep).pipe(process.stdout, { end: false })
  child.stderr.on('data', keep).pipe(process.stderr, { end: false })
  const exitCode = await waitForChild(child)
  return { exitCode, lastLines }
}
