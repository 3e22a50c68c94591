// `npm run release -- --owner org --out DIR [--push URL]`: the tree that `uses: org/actions/<name>@v1`
// resolves to, as a git repository of one orphan commit with its tags (design: dist is not on main).
import { parseArgs } from 'node:util'
import { bundleActions } from './bundle.ts'
import { compile } from './compile.ts'
import { commitRelease, pushRelease } from './release/commit.ts'
import { describeSource } from './release/source.ts'
import { writeReleaseTree } from './release/tree.ts'

const usage = `Usage: npm run release -- --out DIR [--owner org] [--push URL] [--allow-dirty] [--json]

  --out DIR      an empty or absent folder; it becomes a git repository of one commit
  --owner NAME   the owner in "uses: NAME/actions/..." of the READMEs (default: org)
  --push URL     push the commit's tags there: v1.2.3, and v1 moved by force; branches are left alone
  --allow-dirty  release uncommitted changes (the commit message says so)
  --json         print {commit, tags, directory} on stdout`

const { values } = parseArgs({
  options: {
    owner: { type: 'string', default: 'org' },
    out: { type: 'string' },
    push: { type: 'string' },
    'allow-dirty': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function release(): Promise<number> {
  if (values.help || values.out === undefined) {
    console.error(usage)
    return values.help ? 0 : 2
  }
  const source = describeSource(values['allow-dirty'])
  if (typeof source === 'string') {
    console.error(`release: ${source}`)
    return 2
  }
  compile()
  await bundleActions()
  writeReleaseTree(values.out, values.owner)
  const { commit, tags } = commitRelease(values.out, source)
  if (values.push !== undefined) pushRelease(values.out, values.push, tags)
  if (values.json) console.log(JSON.stringify({ commit, tags, directory: values.out }))
  else console.log(`${commit} ${tags.join(' ')} in ${values.out}`)
  return 0
}

process.exitCode = await release()
