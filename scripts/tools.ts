// `npm run tools -- [names…] [--json]`: obtains real tools at their pinned versions; without names, all.
import { type Obtained, obtainTools, tools, tryToolName } from '@tierseal/test-kit/tools'
import { refuse, runScript } from './command-line.ts'

const usage = `Usage: npm run tools [-- [--json] [NAME…]]

  NAME    a tool to obtain; without one, all: ${Object.keys(tools).join(', ')}
  --json  what became of each, on stdout

Ends with 1 where one cannot be had.`

const script = {
  name: 'tools',
  usage,
  config: { allowPositionals: true, options: { json: { type: 'boolean', default: false } } },
} as const

await runScript(script, async ({ values, positionals }) => {
  const unknown = positionals.filter((name) => tryToolName(name) === undefined)
  if (unknown.length > 0) return refuse(script, `no tool is called ${unknown.join(', ')}`)
  const asked = positionals.length > 0 ? positionals : Object.keys(tools)
  const results = await obtainTools(asked.flatMap((name) => tryToolName(name) ?? []))
  if (values.json) console.log(JSON.stringify(results, undefined, 2))
  else for (const result of results) show(result)
  return results.some((result) => 'problem' in result) ? 1 : 0
})

function show(result: Obtained): void {
  if ('problem' in result) console.error(`tools: ${result.problem}`)
  else console.log(`${result.name} ${result.version} ${result.path}`)
}
