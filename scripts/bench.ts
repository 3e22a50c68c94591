// `npm run bench [-- --json] [-- --only WORD]`: one table; every row is measured pair by pair in this run.
import { KnownError, messageOf } from '@tierseal/errors'
import { endInOrder } from '@tierseal/test-kit'
import { obtainTools } from '@tierseal/test-kit/tools'
import { type Benchmark, benchmarks } from './bench/benchmarks.ts'
import { type Row, rowOf } from './bench/row.ts'
import { renderRows } from './bench/table.ts'
import { bundleActions } from './bundle.ts'
import { formatProblem } from './ci/problems.ts'
import { refuse, runScript } from './command-line.ts'
import { compile } from './compile.ts'

const groups = benchmarks.map(({ group }) => group).join(', ')

const usage = `Usage: npm run bench -- [--json] [--only WORD] [--strict]

  --only WORD  the groups whose name contains WORD: ${groups}
  --strict     end with 1 where a target is missed; without it a busy machine fails nobody's build

Ends with 1 where a group could not be measured, too; the rows of the others are shown.`

const script = {
  name: 'bench',
  usage,
  config: {
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      strict: { type: 'boolean', default: false },
    },
  },
} as const

await runScript(script, async ({ values: { only, json, strict } }) => {
  const chosen = benchmarks.filter(({ group }) => group.includes(only ?? ''))
  if (chosen.length === 0) return refuse(script, `there is no group ${only}, but ${groups}`)
  endInOrder()
  const missing = await missingTools(chosen)
  compile()
  await bundleActions()
  const rows: Row[] = []
  const failures: string[] = []
  for (const { group, tools, measure } of chosen) {
    console.error(`bench: ${group}`)
    const problems = tools.flatMap((name) => missing.get(name) ?? [])
    try {
      if (problems.length > 0) throw new KnownError('TOOL_MISSING', problems.join('\n'))
      rows.push(...(await measure(only !== undefined)).map(rowOf))
    } catch (error) {
      // What others took minutes to measure is not lost with it.
      console.error(`bench: ${group} was not measured:`, problemOf(error))
      failures.push(formatProblem(`bench: ${group}`, messageOf(error)))
    }
  }
  console.log(json ? JSON.stringify({ rows }) : renderRows(rows))
  for (const failure of failures) console.error(failure)
  return failures.length === 0 && !(strict && rows.some(({ ok }) => !ok)) ? 0 : 1
})

/** Obtains what all groups need, before anything is measured; gives what is wrong with those that cannot be had. */
async function missingTools(chosen: readonly Benchmark[]): Promise<ReadonlyMap<string, string>> {
  const obtained = await obtainTools(chosen.flatMap(({ tools }) => tools))
  return new Map(obtained.flatMap((tool) => ('problem' in tool ? [[tool.name, tool.problem]] : [])))
}

// The stack of a bug, the words of what is foreseen.
function problemOf(error: unknown): unknown {
  return error instanceof KnownError ? error.message : error
}
