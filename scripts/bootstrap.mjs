// Enters every npm script: installs the dependencies once per lockfile, then runs scripts/<verb>.ts under
// the Node 24 that the npm package `node` carries. Plain JavaScript for Node 20, which cannot run .ts.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
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
await install()
const node = join(root, 'node_modules', 'node', 'bin', 'node')
const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning']
process.exit(await run(node, [...flags, script, ...args], { stdio: 'inherit', env }))

async function install() {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(manifest)
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const { packageManager } = JSON.parse(manifest)
  console.error(`tierseal: installing dependencies with ${packageManager} (once per lockfile)`)
  const command = ['-y', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only']
  const exitCode = await run('npx', command, { cwd: root, stdio: ['ignore', 2, 2] })
  if (exitCode !== 0) {
    console.error('tierseal: the dependencies could not be installed; the lines above say why')
    process.exit(exitCode > 128 ? exitCode : 1)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

// Gives the exit code, 128 + n where signal n ended the program. What asks this process to end is passed on, each
// signal once, as in packages/test-kit/src/wait-for-child.ts: the program ends first, and nothing is left alone.
function run(program, words, options) {
  const child = spawn(program, words, options)
  const told = new Set()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      if (!told.has(name)) child.kill(name)
      told.add(name)
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}
