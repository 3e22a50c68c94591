// Enters every npm script: installs the dependencies once per lockfile, then runs scripts/<verb>.ts under
// the Node 24 that the npm package `node` carries. Plain JavaScript for Node 20, which cannot run .ts.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.tierseal-installed')
const [verb, ...args] = process.argv.slice(2)

const script = join(root, 'scripts', `${verb}.ts`)
if (verb === undefined || !existsSync(script)) {
  console.error(`bootstrap: there is no scripts/${verb}.ts`)
  process.exit(2)
}
install()
const node = join(root, 'node_modules', 'node', 'bin', 'node')
const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning']
const { status, signal } = spawnSync(node, [...flags, script, ...args], { stdio: 'inherit', env })
process.exit(status ?? (signal === 'SIGINT' ? 130 : 1))

function install() {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(manifest)
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const { packageManager } = JSON.parse(manifest)
  console.error(`tierseal: installing dependencies with ${packageManager} (once per lockfile)`)
  const command = ['-y', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only']
  const run = spawnSync('npx', command, { cwd: root, stdio: ['ignore', 2, 2] })
  if (run.status !== 0) {
    console.error('tierseal: the dependencies could not be installed; the lines above say why')
    process.exit(1)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}
