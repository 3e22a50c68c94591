// `npm run tools -- [names…] [--json]`: obtains real tools at their pinned versions; without names, all.
import { type Obtained, obtainTools, tools, tryToolName } from '@tierseal/test-kit/tools'

const args = process.argv.slice(2)
const json = args.includes('--json')
const asked = args.filter((arg) => arg !== '--json')
const unknown = asked.filter((name) => tryToolName(name) === undefined)
if (unknown.length > 0) {
  console.error(`tools: no tool is called ${unknown.join(', ')}`)
  console.error(`tools: there are ${Object.keys(tools).join(', ')}`)
  process.exitCode = 2
} else {
  const names = (asked.length > 0 ? asked : Object.keys(tools)).flatMap(
    (name) => tryToolName(name) ?? [],
  )
  const results = await obtainTools(names)
  if (json) console.log(JSON.stringify(results, undefined, 2))
  else for (const result of results) show(result)
  process.exitCode = results.some((result) => 'problem' in result) ? 1 : 0
}

function show(result: Obtained): void {
  if ('problem' in result) console.error(`tools: ${result.problem}`)
  else console.log(`${result.name} ${result.version} ${result.path}`)
}
