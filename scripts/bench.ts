// `npm run bench [-- --json] [-- --only WORD]`: one table; every row is measured pair by pair in this run.
import { parseArgs } from 'node:util'
import { benchmarks } from './bench/benchmarks.ts'
import { type Row, rowOf } from './bench/row.ts'
import { renderRows } from './bench/table.ts'
import { bundleActions } from './bundle.ts'
import { compile } from './compile.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const usage = `Usage: npm run bench -- [--json] [--only WORD] [--strict]

  --only WORD  the groups whose name contains WORD: ${benchmarks.map(({ group }) => group).join(', ')}
  --strict     end with 1 where a target is missed; without it a busy machine fails nobody's build`

async function bench(): Promise<number> {
  if (values.help) {
    console.error(usage)
    return 0
  }
  compile()
  await bundleActions()
  const rows: Row[] = []
  for (const { group, measure } of benchmarks) {
    if (values.only !== undefined && !group.includes(values.only)) continue
    console.error(`bench: ${group}`)
    rows.push(...(await measure(values.only !== undefined)).map(rowOf))
  }
  console.log(values.json ? JSON.stringify({ rows }) : renderRows(rows))
  return values.strict && rows.some(({ ok }) => !ok) ? 1 : 0
}

process.exitCode = await bench()
