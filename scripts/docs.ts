// Renders what has one source elsewhere: README tables from action.yml, docs/errors.md from the code and
// diagnosis tables, actions/README.md from both. With --check it only tells what is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonSchemaText } from '../packages/tiers/src/index.ts'
import { actions } from './bundle.ts'
import { runScript } from './command-line.ts'
import { renderActionList } from './docs/action-list.ts'
import { fillReadme } from './docs/action-readme.ts'
import { renderErrors } from './docs/errors.ts'
import { root } from './root.ts'

const documents: ReadonlyArray<readonly [path: string, render: () => string]> = [
  ...actions.map((name) => [`actions/${name}/README.md`, () => fillReadme(name)] as const),
  ['actions/README.md', renderActionList],
  ['docs/errors.md', renderErrors],
  ['tiers.schema.json', jsonSchemaText],
]
const usage = `Usage: npm run docs [-- --check]

  --check  write nothing: ends with 1 where a document is stale`

const config = { options: { check: { type: 'boolean', default: false } } } as const

await runScript({ name: 'docs', usage, config }, ({ values: { check } }) => {
  const stale = documents.filter(([path, render]) => {
    const absolute = join(root, path)
    const text = render()
    if (existsSync(absolute) && readFileSync(absolute, 'utf8') === text) return false
    if (!check) writeFileSync(absolute, text)
    return true
  })
  for (const [path] of stale)
    console.error(`docs: ${path} ${check ? 'is stale: run npm run docs' : 'written'}`)
  return check && stale.length > 0 ? 1 : 0
})
