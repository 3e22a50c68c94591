// `npm run release -- --owner org --out DIR [--push URL]`: the tree that `uses: org/actions/<name>@v1`
// resolves to, as a git repository of one orphan commit with its tags (design: dist is not on main).
import { existsSync } from 'node:fs'
import { bundleActions } from './bundle.ts'
import { refuse, runScript, whereTyped } from './command-line.ts'
import { compile } from './compile.ts'
import { commitRelease, type Release } from './release/commit.ts'
import { type Pushed, pushRelease } from './release/push.ts'
import { describeSource } from './release/source.ts'
import { writeReleaseTree } from './release/tree.ts'

const usage = `Usage: npm run release -- --out DIR [--owner org] [--push URL] [--allow-dirty] [--json]

  --out DIR      an empty or absent folder; it becomes a git repository of one commit
  --owner NAME   the owner in "uses: NAME/actions/..." of the READMEs (default: org)
  --push URL     push the commit's tags there, all or none: v1.2.3, which never moves, and v1, moved by force
                 but never back from a newer 1.x; branches are left alone. git reaches URL with your own
                 configuration: credential helpers, http.sslCAInfo, proxy, ssh. The commit is made without it
  --allow-dirty  release uncommitted changes (the commit message says so)
  --json         print {commit, tags, directory} on stdout`

const script = {
  name: 'release',
  usage,
  config: {
    options: {
      owner: { type: 'string', default: 'org' },
      out: { type: 'string' },
      push: { type: 'string' },
      'allow-dirty': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  },
} as const

await runScript(script, async ({ values }) => {
  if (values.out === undefined) return refuse(script, 'say with --out where the tree belongs')
  const source = describeSource(values['allow-dirty'])
  if (typeof source === 'string') {
    console.error(`release: ${source}`)
    return 2
  }
  const directory = whereTyped(values.out)
  compile()
  await bundleActions()
  writeReleaseTree(directory, values.owner)
  const made = commitRelease(directory, source)
  const { commit, tags } = made
  if (values.push !== undefined) tell(pushRelease(directory, addressOf(values.push), made), tags)
  if (values.json) console.log(JSON.stringify({ commit, tags, directory }))
  else console.log(`${commit} ${tags.join(' ')} in ${directory}`)
  return 0
})

function tell({ newer }: Pushed, [version, major]: Release['tags']): void {
  if (newer === undefined) return
  console.error(`release: ${version} is pushed; ${major} stays where it is, for ${newer} is newer`)
}

// git runs in the tree, so a path to a repository has to be absolute.
function addressOf(url: string): string {
  const path = whereTyped(url)
  return existsSync(path) ? path : url
}
